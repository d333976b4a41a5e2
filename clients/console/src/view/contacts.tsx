/** The contacts: a table of all who were ever there, newest first; beside an open thread it is a list. */

import { IMPORTS, type ContactsPlace } from '../place.ts';
import type { Screen } from '../screen.ts';
import { Directory } from './directory.tsx';
import { useDrop } from './drop.ts';
import { Finder, Kinds } from './finder.tsx';
import { ExportIcon, FileIcon, ImportIcon } from './icons.tsx';
import { OpenThread } from './inbox.tsx';
import { Popover } from './popover.tsx';

export function Contacts({ screen, place }: { screen: Screen; place: ContactsPlace }) {
  const { strings } = screen.words.value;
  const { over, ...dropping } = useDrop(screen);
  const alone = place.thread === undefined;
  return (
    <>
      <section
        id={alone ? 'main' : undefined}
        class="list contacts"
        role={alone ? 'main' : undefined}
        tabIndex={-1}
        data-over={over}
        {...dropping}
        aria-label={strings.contacts}
      >
        <header>
          <div class="list-title">
            <h1>{strings.contacts}</h1>
            <Export screen={screen} />
            <button type="button" class="button" aria-label={strings.import} onClick={() => screen.go(IMPORTS)}>
              <ImportIcon />
              <span>{strings.import}</span>
            </button>
          </div>
          <Finder screen={screen} />
          {!screen.contacts.finding.value.text && <Kinds screen={screen} filter={place.filter} />}
        </header>
        <Directory screen={screen} />
      </section>
      <OpenThread screen={screen} />
    </>
  );
}

/** All contacts as a file that the browser writes as it comes, however many there are. */
function Export({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const files = [
    ['/v1/contacts/export', strings.exportCsv],
    ['/v1/contacts/export?excel=true', strings.exportExcel],
  ] as const;
  return (
    <Popover
      class="export"
      label={strings.export}
      face={
        <>
          <ExportIcon />
          <span>{strings.export}</span>
        </>
      }
    >
      {(close) => (
        <>
          {files.map(([path, label]) => (
            <a key={path} class="entry" href={path} download="contacts.csv" onClick={() => setTimeout(close)}>
              <FileIcon />
              {label}
            </a>
          ))}
          <p class="none">{strings.exportHint}</p>
        </>
      )}
    </Popover>
  );
}

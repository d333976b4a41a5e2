/** Contacts from CSV: pick a file, look how it will be read, try it, import it, and what came of it. */

import type { ImportsPlace } from '../place.ts';
import { CONTACTS, IMPORTS } from '../place.ts';
import type { Screen } from '../screen.ts';
import { useDrop } from './drop.ts';
import { BackIcon } from './icons.tsx';
import { Latest } from './latest.tsx';
import { Mapping } from './mapping.tsx';
import { Picker } from './picker.tsx';
import { ImportReport } from './report.tsx';

export function Imports({ screen, place }: { screen: Screen; place: ImportsPlace }) {
  const { strings } = screen.words.value;
  const { imports } = screen;
  const { over, ...dropping } = useDrop(screen);
  const picked = imports.picked.value;
  const watched = imports.watched.value;
  return (
    <main id="main" class="page imports" tabIndex={-1} data-over={over} {...dropping}>
      <div class="column">
        <header class="page-header">
          <button
            type="button"
            class="icon-button"
            aria-label={strings.back}
            onClick={() => screen.go(place.id === undefined ? CONTACTS : IMPORTS)}
          >
            <BackIcon />
          </button>
          <h1>{strings.importContacts}</h1>
        </header>
        {watched ? (
          <ImportReport key={watched.id} screen={screen} watched={watched} />
        ) : picked ? (
          <Mapping screen={screen} picked={picked} />
        ) : (
          <>
            <Picker screen={screen} />
            <Latest screen={screen} />
          </>
        )}
      </div>
    </main>
  );
}

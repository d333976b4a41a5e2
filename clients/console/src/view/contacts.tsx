/** The contacts: a table of all who were ever there, newest first; beside an open thread it is a list. */

import type { ContactsPlace } from '../place.ts';
import type { Screen } from '../screen.ts';
import { Directory } from './directory.tsx';
import { Finder, Kinds } from './finder.tsx';
import { OpenThread } from './inbox.tsx';

export function Contacts({ screen, place }: { screen: Screen; place: ContactsPlace }) {
  const { strings } = screen.words.value;
  const alone = place.thread === undefined;
  return (
    <>
      <section
        id={alone ? 'main' : undefined}
        class="list contacts"
        role={alone ? 'main' : undefined}
        tabIndex={-1}
        aria-label={strings.contacts}
      >
        <header>
          <h1>{strings.contacts}</h1>
          <Finder screen={screen} />
          {!screen.contacts.finding.value.text && <Kinds screen={screen} filter={place.filter} />}
        </header>
        <Directory screen={screen} />
      </section>
      <OpenThread screen={screen} />
    </>
  );
}

/** What of the console is there: the login, or the rooms beside the rail. */

import { useLayoutEffect } from 'preact/hooks';

import { listen } from '../keys.ts';
import { threadOf } from '../place.ts';
import type { Screen } from '../screen.ts';
import { Contacts } from './contacts.tsx';
import { Help } from './help.tsx';
import { Imports } from './imports.tsx';
import { Inbox } from './inbox.tsx';
import { Login } from './login.tsx';
import { Notices } from './notices.tsx';
import { Rail } from './rail.tsx';
import { Settings } from './settings.tsx';

export function App({ screen }: { screen: Screen }) {
  if (screen.loggedOut.value !== undefined) return <Login screen={screen} why={screen.loggedOut.value} />;
  return <Rooms screen={screen} />;
}

function Rooms({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const place = screen.place.value;
  useLayoutEffect(() => listen(screen), []);
  return (
    <div class="rooms" data-room={place.room} data-thread={threadOf(place) !== undefined}>
      <a class="skip" href="#main" onClick={toMain}>
        {strings.skip}
      </a>
      <Rail screen={screen} />
      {place.room === 'inbox' && <Inbox screen={screen} place={place} />}
      {place.room === 'contacts' && <Contacts screen={screen} place={place} />}
      {place.room === 'imports' && <Imports screen={screen} place={place} />}
      {place.room === 'settings' && <Settings screen={screen} place={place} />}
      <Notices screen={screen} />
      {screen.help.value && <Help screen={screen} />}
    </div>
  );
}

function toMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

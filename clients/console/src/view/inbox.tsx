/** The inbox: its rows, the open thread, and who its customer is. */

import type { Place } from '../place.ts';
import type { Screen } from '../screen.ts';
import { List } from './list.tsx';
import { Nothing, ThreadPane } from './thread.tsx';
import { Profile } from './profile.tsx';

export function Inbox({ screen, place }: { screen: Screen; place: Place }) {
  const thread = screen.pane.thread.value;
  const beside = screen.beside.value;
  return (
    <>
      <List screen={screen} view={place.room === 'inbox' ? place.view : 'open'} />
      <main id="main" class="pane" tabIndex={-1}>
        {thread ? <ThreadPane key={thread.thread} screen={screen} thread={thread} /> : <Nothing screen={screen} />}
      </main>
      {thread?.known && beside && <Profile key={thread.thread} screen={screen} thread={thread} known={thread.known} />}
    </>
  );
}

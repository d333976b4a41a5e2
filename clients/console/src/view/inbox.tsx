/** The inbox: its rows, the open thread, and who its customer is. */

import type { InboxPlace } from '../place.ts';
import type { Screen } from '../screen.ts';
import { List } from './list.tsx';
import { Nothing, ThreadPane } from './thread.tsx';
import { Profile } from './profile.tsx';

export function Inbox({ screen, place }: { screen: Screen; place: InboxPlace }) {
  const thread = screen.pane.thread.value;
  return (
    <>
      <List screen={screen} view={place.view} main={!thread} />
      {thread ? (
        <OpenThread screen={screen} />
      ) : (
        <aside class="pane" aria-label={screen.words.value.strings.noThread}>
          <Nothing screen={screen} />
        </aside>
      )}
    </>
  );
}

/** The thread that is open, and who its customer is. */
export function OpenThread({ screen }: { screen: Screen }) {
  const thread = screen.pane.thread.value;
  const beside = screen.beside.value;
  if (!thread) return null;
  return (
    <>
      <main id="main" class="pane" tabIndex={-1}>
        <ThreadPane key={thread.thread} screen={screen} thread={thread} />
      </main>
      {thread.known && beside && <Profile key={thread.thread} screen={screen} thread={thread} known={thread.known} />}
    </>
  );
}

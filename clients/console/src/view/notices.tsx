/** A plain word about what is not as usual: no connection, or something that could not be done. */

import { useLasting } from '../../../widget/src/view/hooks.ts';
import type { Screen } from '../screen.ts';
import { fill } from '../strings/index.ts';
import { AlertIcon, CloseIcon } from './icons.tsx';

export function Notices({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  const connection = useConnection(screen);
  const notice = screen.notice.value;
  return (
    <div class="notices" role="status">
      {connection && (
        <p class="notice" data-kind="connection">
          <AlertIcon />
          <span>{connection}</span>
          <button type="button" class="text-button" onClick={() => screen.reconnect()}>
            {strings.connect}
          </button>
        </p>
      )}
      {notice && (
        <p class="notice" data-kind="notice">
          <AlertIcon />
          <span>{notice}</span>
          <button
            type="button"
            class="icon-button"
            aria-label={strings.dismiss}
            onClick={() => (screen.notice.value = undefined)}
          >
            <CloseIcon />
          </button>
        </p>
      )}
    </div>
  );
}

/** What is wrong with the connection, once it lasts. */
function useConnection(screen: Screen): string | undefined {
  const { strings } = screen.words.value;
  const state = screen.connection.value;
  const late = useLasting(state.is !== 'live');
  if (state.is === 'stopped') return fill(strings.stopped, { reason: state.reason });
  return late ? strings.disconnected : undefined;
}

/** A plain word about what is not as usual: no connection, a refused identity, a browser that keeps nothing. */

import type { Widget } from '../widget.ts';
import { useLasting } from './hooks.ts';
import { AlertIcon } from './icons.tsx';

export function Notice({ widget }: { widget: Widget }) {
  const { strings } = widget.words.value;
  const { refused, notKept } = widget.chat.view.value;
  const connection = useConnection(widget);
  return (
    <div class="notices" role="status">
      {connection && (
        <p class="notice" data-kind="connection">
          <AlertIcon />
          <span>{connection === 'stopped' ? strings.stopped : strings.offline}</span>
          {connection === 'stopped' && (
            <button type="button" class="text-button" onClick={() => widget.chat.client?.reconnect()}>
              {strings.connect}
            </button>
          )}
        </p>
      )}
      {refused && <p class="notice">{strings.refused}</p>}
      {notKept && <p class="notice">{strings.notKept}</p>}
    </div>
  );
}

/** What is wrong with the connection, once it lasts. */
function useConnection(widget: Widget): 'stopped' | 'away' | undefined {
  const { state } = widget.chat.view.value;
  const late = useLasting(state === 'waiting' || state === 'connecting');
  if (state === 'stopped') return 'stopped';
  return late ? 'away' : undefined;
}

/** The open chat: header, what there is to say about the connection, thread, and what one writes with. */

import { useRef, useState } from 'preact/hooks';

import type { Widget } from '../widget.ts';
import { Composer } from './composer.tsx';
import { CloseIcon, SoundIcon } from './icons.tsx';
import { Notice } from './notice.tsx';
import { PreChat } from './prechat.tsx';
import { Thread } from './thread.tsx';

// Where the chat is the screen (styles/small.css), nothing behind it can be reached.
const COVERS = '(max-width: 480px), (max-height: 480px)';
const REACHED = 'button:not(:disabled), textarea, input, a[href], [tabindex="0"]';

export function Panel({ widget }: { widget: Widget }) {
  const { strings } = widget.words.value;
  const { prechat, messages } = widget.chat.view.value;
  const [given, setGiven] = useState(false);
  // Whoever has written already is not asked any more.
  const asks = prechat !== null && prechat.fields.length > 0 && !given && messages.length === 0;
  const panel = useRef<HTMLElement>(null);
  const covers = matchMedia(COVERS).matches;
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Tab' && covers) goRound(event, panel.current!);
    if (event.key !== 'Escape' || event.isComposing) return;
    if (widget.editing.value) widget.edit(undefined);
    else widget.setOpen(false);
  };
  return (
    <section
      ref={panel}
      class="panel"
      role="dialog"
      aria-modal={covers}
      aria-label={widget.settings.value?.title ?? strings.title}
      onKeyDown={key}
    >
      <Header widget={widget} />
      <Notice widget={widget} />
      <Thread widget={widget} />
      {asks ? <PreChat widget={widget} form={prechat} onGiven={setGiven} /> : <Composer widget={widget} />}
    </section>
  );
}

/** Tab at the last one leads to the first, and the other way round. */
function goRound(event: KeyboardEvent, panel: HTMLElement): void {
  const all = [...panel.querySelectorAll<HTMLElement>(REACHED)].filter((one) => one.offsetParent);
  const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
  if ((panel.getRootNode() as ShadowRoot).activeElement !== from) return;
  event.preventDefault();
  to?.focus();
}

function Header({ widget }: { widget: Widget }) {
  const { strings } = widget.words.value;
  const { agentsOnline, state } = widget.chat.view.value;
  const muted = widget.muted.value;
  return (
    <header class="header">
      <div class="heading">
        <h2>{widget.settings.value?.title ?? strings.title}</h2>
        {state !== 'stopped' && (
          <p class="presence" data-here={agentsOnline > 0}>
            {agentsOnline > 0 ? strings.here : strings.away}
          </p>
        )}
      </div>
      <button
        type="button"
        class="icon"
        aria-label={muted ? strings.unmute : strings.mute}
        title={muted ? strings.unmute : strings.mute}
        onClick={() => widget.setMuted(!muted)}
      >
        <SoundIcon off={muted} />
      </button>
      <button
        type="button"
        class="icon"
        aria-label={strings.close}
        title={strings.close}
        onClick={() => widget.setOpen(false)}
      >
        <CloseIcon />
      </button>
    </header>
  );
}

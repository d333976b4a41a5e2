/** The launcher and the panel: what of the widget is there at all. */

import { useEffect, useRef } from 'preact/hooks';

import { badge, counted } from '../strings/index.ts';
import type { Widget } from '../widget.ts';
import { ChatIcon, DownIcon } from './icons.tsx';
import { Panel } from './panel.tsx';

export function App({ widget }: { widget: Widget }) {
  const open = widget.open.value;
  const { locale, direction } = widget.words.value;
  const { position = 'right' } = widget.settings.value ?? {};
  return (
    <div class="widget" data-open={open} data-position={position} lang={locale} dir={direction}>
      {open && <Panel widget={widget} />}
      {widget.shown.value && <Launcher widget={widget} open={open} />}
      <Announcer widget={widget} />
    </div>
  );
}

function Launcher({ widget, open }: { widget: Widget; open: boolean }) {
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(open);
  const words = widget.words.value;
  const { unread } = widget.chat.view.value;
  useEffect(() => {
    // Whoever closed the panel goes on from where they opened it.
    if (wasOpen.current && !open) button.current?.focus();
    wasOpen.current = open;
  }, [open]);
  const label = open ? words.strings.close : words.strings.open;
  return (
    <button
      ref={button}
      type="button"
      class="launcher"
      aria-expanded={open}
      aria-label={unread && !open ? `${label}, ${counted(words, words.strings.unread, unread)}` : label}
      onClick={() => widget.setOpen(!open)}
    >
      {open ? <DownIcon /> : <ChatIcon />}
      {unread > 0 && !open && (
        <span class="badge" aria-hidden="true">
          {badge(unread)}
        </span>
      )}
    </button>
  );
}

/** Tells a screen reader what came while the panel is closed; open, the thread tells it. */
function Announcer({ widget }: { widget: Widget }) {
  const words = widget.words.value;
  const { unread } = widget.chat.view.value;
  return (
    <div class="unseen" role="status">
      {unread > 0 && !widget.open.value ? counted(words, words.strings.unread, unread) : ''}
    </div>
  );
}

/** One message: its text with links, when it was, how far it got, and what can be done with one's own. */

import type { Message } from '@onethread/client';
import { useState } from 'preact/hooks';

import { timeOf } from '../dates.ts';
import type { Words } from '../strings/index.ts';
import type { Widget } from '../widget.ts';
import { AlertIcon, CheckIcon, ClockIcon, MoreIcon } from './icons.tsx';
import { Text } from './text.tsx';

interface Props {
  readonly widget: Widget;
  readonly words: Words;
  readonly message: Message;
  readonly first: boolean;
  readonly last: boolean;
}

export function Bubble({ widget, words, message, first, last }: Props) {
  const { strings, locale } = words;
  const { mine, text, deleted, edited, tick, from } = message;
  const name = mine ? strings.you : (from?.name ?? '');
  const [open, setOpen] = useState(false);
  const changeable = mine && !deleted && message.seq !== undefined && tick !== 'failed';
  return (
    <div class="message" data-mine={mine} data-first={first} data-last={last} data-tick={tick}>
      {!mine && last && (
        <span class="avatar" aria-hidden="true">
          {initials(name)}
        </span>
      )}
      {first && !mine ? <span class="author">{name}</span> : <span class="unseen">{name}: </span>}
      <div class="line">
        <p class="bubble" data-deleted={deleted}>
          <Text text={deleted ? strings.deleted : (text ?? '')} />
        </p>
        {changeable && (
          <button
            type="button"
            class="icon small"
            aria-label={strings.actions}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <MoreIcon />
          </button>
        )}
      </div>
      {changeable && open && <Menu widget={widget} words={words} message={message} onDone={() => setOpen(false)} />}
      {tick === 'failed' ? (
        <Failed widget={widget} words={words} message={message} />
      ) : (
        (last || edited) && (
          <p class="meta">
            {edited && <span>{strings.edited} · </span>}
            <time dateTime={new Date(message.at).toISOString()}>{timeOf(message.at, locale)}</time>
            {mine && !deleted && <Tick tick={tick} words={words} />}
          </p>
        )
      )}
    </div>
  );
}

function Tick({ tick, words: { strings } }: { tick: Message['tick']; words: Words }) {
  const label = tick === 'queued' ? strings.sending : tick === 'read' ? strings.read : strings.sent;
  return (
    <span class="tick" data-tick={tick} role="img" aria-label={label} title={label}>
      {tick === 'queued' ? <ClockIcon /> : <CheckIcon twice={tick === 'read'} />}
    </span>
  );
}

/** What can be done with one's own message; deleting asks once more. */
function Menu({ widget, words: { strings }, message, onDone }: MenuProps) {
  const [sure, setSure] = useState(false);
  const seq = message.seq!;
  const edit = () => {
    onDone();
    widget.edit({ seq, text: message.text ?? '' });
  };
  const remove = (event: MouseEvent) => {
    if (!sure) return setSure(true);
    // The button goes, and whoever is at the keyboard stays in the chat.
    (event.currentTarget as HTMLElement).closest<HTMLElement>('.thread')?.focus();
    onDone();
    widget.chat.client?.delete(seq);
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onDone();
  };
  return (
    <div class="menu" onKeyDown={escape}>
      <button type="button" onClick={edit}>
        {strings.edit}
      </button>
      <button type="button" class="danger" onClick={remove}>
        {sure ? strings.deleteSure : strings.delete}
      </button>
    </div>
  );
}

type MenuProps = Pick<Props, 'widget' | 'words' | 'message'> & { readonly onDone: () => void };

function Failed({ widget, words: { strings }, message }: Pick<Props, 'widget' | 'words' | 'message'>) {
  const discard = () => widget.chat.client?.discard(message.cid!);
  const again = () => {
    discard();
    widget.send(message.text!);
  };
  return (
    <p class="meta failed">
      <AlertIcon size={14} />
      <span>{strings.failed}</span>
      <button type="button" class="text-button" onClick={again}>
        {strings.again}
      </button>
      <button type="button" class="text-button" onClick={discard}>
        {strings.discard}
      </button>
    </p>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : '']
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

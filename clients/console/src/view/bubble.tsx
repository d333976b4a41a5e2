/** One message or note: its text with links, when it was, how far it got, and what can be done with one's own. */

import { memo } from 'preact/compat';
import { useState } from 'preact/hooks';

import type { Said, Tick as Got } from '../core/items.ts';
import type { Screen } from '../screen.ts';
import type { Words } from '../strings/index.ts';
import { Avatar } from './avatar.tsx';
import { AlertIcon, ClockIcon, MoreIcon, NoteIcon, TickIcon } from './icons.tsx';
import { Text } from '../../../widget/src/view/text.tsx';
import { fullOf, timeOf } from './times.ts';

interface Props {
  readonly screen: Screen;
  readonly item: Said;
  readonly words: Words;
}

const SEEN = ['text', 'tick', 'edited', 'event', 'first', 'last', 'at'] as const;

export const Bubble = memo(
  BubbleView,
  (before, after) => before.words === after.words && SEEN.every((field) => before.item[field] === after.item[field]),
);

function BubbleView({ screen, item, words }: Props) {
  const { strings, locale } = words;
  const { is, from, own, text, edited, tick, first, last, at } = item;
  const [open, setOpen] = useState(false);
  const theirs = from.type === 'contact';
  const changeable = own && text !== undefined && item.event !== undefined && tick !== 'failed';
  return (
    <article
      class="said"
      data-is={is}
      data-side={theirs ? 'contact' : 'agents'}
      data-first={first}
      data-last={last}
      data-tick={tick}
    >
      {last && <Avatar id={from.id} name={from.name} size="small" />}
      {first && !own ? (
        <p class="author" dir="auto">
          {from.name}
        </p>
      ) : (
        <span class="unseen">{from.name}: </span>
      )}
      {is === 'note' && first && (
        <p class="note-mark">
          <NoteIcon size={14} /> {strings.note}
        </p>
      )}
      <div class="line">
        <p class="bubble" data-deleted={text === undefined}>
          <Text text={text ?? strings.deleted} />
        </p>
        {changeable && (
          <button
            type="button"
            class="icon-button small"
            aria-label={strings.actions}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <MoreIcon />
          </button>
        )}
      </div>
      {changeable && open && <Menu screen={screen} item={item} words={words} onDone={() => setOpen(false)} />}
      {tick === 'failed' ? (
        <Failed screen={screen} item={item} words={words} />
      ) : (
        (last || edited) && (
          <p class="meta">
            {edited && <span>{strings.edited}</span>}
            <time dateTime={new Date(at).toISOString()} title={fullOf(at, locale)}>
              {timeOf(at, locale)}
            </time>
            {tick && <Tick tick={tick} words={words} />}
          </p>
        )
      )}
    </article>
  );
}

function Tick({ tick, words: { strings } }: { tick: Got; words: Words }) {
  const label = tick === 'queued' ? strings.sending : tick === 'read' ? strings.read : strings.sent;
  return (
    <span class="tick" data-tick={tick} role="img" aria-label={label} title={label}>
      {tick === 'queued' ? <ClockIcon /> : <TickIcon twice={tick === 'read'} />}
    </span>
  );
}

/** What can be done with one's own; deleting asks once more. */
function Menu({ screen, item, words: { strings }, onDone }: Props & { readonly onDone: () => void }) {
  const [sure, setSure] = useState(false);
  const edit = () => {
    onDone();
    screen.pane.edit(item);
  };
  const remove = (event: MouseEvent) => {
    if (!sure) return setSure(true);
    // The button goes, and whoever is at the keyboard stays in the thread.
    (event.currentTarget as HTMLElement).closest<HTMLElement>('.items')?.focus();
    onDone();
    screen.pane.remove(item);
  };
  return (
    <div class="bubble-menu">
      <button type="button" onClick={edit}>
        {strings.edit}
      </button>
      <button type="button" class="danger" onClick={remove}>
        {sure ? strings.deleteSure : strings.delete}
      </button>
    </div>
  );
}

function Failed({ screen, item, words: { strings } }: Props) {
  const { cid = '', failure } = item.entry ?? {};
  return (
    <p class="meta failed">
      <AlertIcon />
      <span title={failure?.message}>{strings.failed}</span>
      <button type="button" class="text-button" onClick={() => screen.pane.again(cid)}>
        {strings.again}
      </button>
      <button type="button" class="text-button" onClick={() => screen.pane.discard(cid)}>
        {strings.discard}
      </button>
    </p>
  );
}

/** One thread of the inbox. */

import { memo } from 'preact/compat';

import type { Listed, Named } from '../core/frames.ts';
import { badge, counted, fill, type Words } from '../strings/index.ts';
import { Avatar, initialsOf } from './avatar.tsx';
import { NoteIcon } from './icons.tsx';
import { shortOf } from './times.ts';

interface Props {
  readonly row: Listed;
  readonly words: Words;
  readonly me: Named | undefined;
  readonly current: boolean;
  readonly position: number;
  readonly count: number;
  readonly onOpen: () => void;
}

// What is in `row` never changes; another state is another row.
export const Row = memo(RowView, (before, after) =>
  (['row', 'words', 'me', 'current', 'position', 'count'] as const).every((field) => before[field] === after[field]),
);

function RowView({ row, words, me, current, position, count, onOpen }: Props) {
  const { strings, locale } = words;
  const { contact, unread, online, assignee, last, active_at } = row;
  return (
    <div
      id={`row-${row.thread}`}
      class="inbox-row"
      role="option"
      aria-selected={current}
      aria-posinset={position}
      aria-setsize={count}
      data-unread={unread > 0}
      onClick={onOpen}
    >
      <Avatar id={contact.id} name={contact.name} online={online} />
      <bdi class="row-name">{contact.name}</bdi>
      {online && <span class="unseen">, {strings.customerOnline}, </span>}
      <time dateTime={new Date(active_at).toISOString()}>{shortOf(active_at, locale, Date.now())}</time>
      <span class="row-text" data-note={last?.kind === 'note'}>
        {last?.kind === 'note' && <NoteIcon size={14} />}
        <bdi>{preview(row, words, me)}</bdi>
      </span>
      <span class="row-end">
        {assignee && (
          <span
            class="assignee"
            title={fill(strings.assignedTo, { name: assignee.name })}
            data-me={assignee.id === me?.id}
          >
            <span aria-hidden="true">{initialsOf(assignee.name)}</span>
            <span class="unseen">{fill(strings.assignedTo, { name: assignee.name })}</span>
          </span>
        )}
        {unread > 0 && (
          <span class="count">
            <span aria-hidden="true">{badge(unread)}</span>
            <span class="unseen">{counted(words, strings.unread, unread)}</span>
          </span>
        )}
      </span>
    </div>
  );
}

/** The last word, and whose it is unless it is the customer's. */
function preview({ last }: Listed, { strings }: Words, me: Named | undefined): string {
  if (!last) return '';
  const text = last.text ?? strings.deletedShort;
  if (last.kind === 'note') return fill(strings.noteSaid, { text });
  if (last.from.type === 'contact') return text;
  if (last.from.id === me?.id) return fill(strings.youSaid, { text });
  return fill(strings.agentSaid, { name: last.from.name, text });
}

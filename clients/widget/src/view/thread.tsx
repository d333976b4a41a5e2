/** The messages: older ones as one scrolls up, new ones below, read as they are seen. */

import type { Message } from '@onethread/client';
import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import { dayOf, midnight } from '../dates.ts';
import { fill, type Words } from '../strings/index.ts';
import type { Widget } from '../widget.ts';
import { Bubble } from './bubble.tsx';
import { useLooking } from './hooks.ts';
import { ArrowDownIcon } from './icons.tsx';
import { alike, rowsOf, type Row } from './rows.ts';

// Closer than this many pixels to the end is at the end; closer to the top asks for more.
const END = 60;
const TOP = 160;

export function Thread({ widget }: { widget: Widget }) {
  const words = widget.words.value;
  const { messages, typists } = widget.chat.view.value;
  const list = useRef<HTMLDivElement>(null);
  const { atEnd, scrolled, toEnd } = useScrolling(list, widget, messages);
  useReading(widget, atEnd);
  const rows = useRows(widget, words, messages);
  return (
    <div class="thread-frame">
      <div ref={list} class="thread" role="log" aria-label={words.strings.messages} tabIndex={0} onScroll={scrolled}>
        {widget.chat.loading.value && <p class="loading">{words.strings.older}</p>}
        {messages.length === 0 && <Greeting widget={widget} />}
        {rows}
        {typists.map(({ id, name }) => (
          <p key={id} class="typing">
            <span class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            <span class="unseen">{fill(words.strings.typing, { name })}</span>
          </p>
        ))}
      </div>
      {!atEnd && widget.chat.view.value.unread > 0 && (
        <button type="button" class="new-below" onClick={toEnd}>
          <ArrowDownIcon /> {words.strings.newBelow}
        </button>
      )}
    </div>
  );
}

/** The rows as elements: the same one for a row that is as it was, so that a thread of thousands costs what changes. */
function useRows(widget: Widget, words: Words, messages: readonly Message[]): VNode[] {
  const made = useRef(new Map<string, { row: Row; words: Words; today: number; element: VNode }>());
  const today = midnight(Date.now());
  return useMemo(() => {
    const before = made.current;
    made.current = new Map();
    return rowsOf(messages).map((row) => {
      const { key } = row.message;
      let one = before.get(key);
      if (!one || one.words !== words || one.today !== today || !alike(one.row, row)) {
        one = { row, words, today, element: <RowView key={key} widget={widget} words={words} row={row} /> };
      }
      made.current.set(key, one);
      return one.element;
    });
  }, [widget, words, messages, today]);
}

function RowView({ widget, words, row }: { widget: Widget; words: Words; row: Row }) {
  const { message, day, first, last } = row;
  return (
    <div class="row">
      {day && (
        <p class="day">
          <span>{dayOf(message.at, words.locale, Date.now())}</span>
        </p>
      )}
      <Bubble widget={widget} words={words} message={message} first={first} last={last} />
    </div>
  );
}

function Greeting({ widget }: { widget: Widget }) {
  const { strings } = widget.words.value;
  const { name } = widget.chat.view.value;
  // A name that the server made up is nobody's.
  const known = name && !name.endsWith('(anonym)');
  return (
    <p class="greeting">
      <span>{known ? fill(strings.hello, { name: name.split(' ')[0]! }) : strings.helloStranger}</span> {strings.ask}
    </p>
  );
}

/** Stays at the end where one was at the end, and in place where older messages come above. */
function useScrolling(list: { current: HTMLDivElement | null }, widget: Widget, messages: readonly Message[]) {
  const [atEnd, setAtEnd] = useState(true);
  const before = useRef({ key: '', height: 0 });
  const toEnd = () => {
    const { current } = list;
    if (current) current.scrollTop = current.scrollHeight;
  };
  useLayoutEffect(() => {
    const { current } = list;
    if (!current) return;
    const key = messages[0]?.key ?? '';
    const mine = messages.at(-1)?.tick === 'queued';
    if (atEnd || mine) toEnd();
    else if (key !== before.current.key) current.scrollTop += current.scrollHeight - before.current.height;
    before.current = { key, height: current.scrollHeight };
  });
  const scrolled = () => {
    const { current } = list;
    if (!current) return;
    setAtEnd(current.scrollHeight - current.scrollTop - current.clientHeight < END);
    if (current.scrollTop < TOP) void widget.chat.older();
  };
  return { atEnd, scrolled, toEnd };
}

/** What is at the end of an open thread, on a page that is looked at, is read. */
function useReading(widget: Widget, atEnd: boolean): void {
  const { unread, state } = widget.chat.view.value;
  const look = () => {
    const seen = atEnd && document.visibilityState === 'visible' && document.hasFocus();
    if (unread > 0 && seen) widget.chat.client?.read();
  };
  useLooking(look, [unread, atEnd, state]);
}

/** What was said and done, windowed: older ones as one scrolls up, new ones below, read as they are seen. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useLooking } from '../../../widget/src/view/hooks.ts';
import { AT_END, followed, type Following } from '../core/following.ts';
import type { Item } from '../core/items.ts';
import type { Thread } from '../pane.ts';
import type { Screen } from '../screen.ts';
import { Bubble } from './bubble.tsx';
import { Happened } from './happened.tsx';
import { DownIcon } from './icons.tsx';
import { dayOf } from './times.ts';
import { Windowed, type Handle } from './windowed.tsx';

// Closer to the top than this many pixels asks for more.
const TOP = 400;

export function Items({ screen, thread }: { screen: Screen; thread: Thread }) {
  const words = screen.words.value;
  const { items, more } = thread;
  const list = useRef<Handle>(null);
  const { atEnd, frame, following, scrolled, changed, toEnd } = useScrolling(screen, thread, list);
  const grown = useGrown(items);
  useReading(screen, thread, following, atEnd);
  const unread = newBelow(thread);
  const now = Date.now();
  return (
    <div ref={frame} class="items-frame">
      <Windowed
        ref={list}
        data={items}
        class="items"
        role="group"
        aria-label={words.strings.messages}
        tabIndex={0}
        shift={grown}
        onScroll={scrolled}
        onResize={changed}
      >
        {(item, index) => (
          <div key={item.key} class="item">
            {index === 0 && (
              <p class="day">{more ? words.strings.older : items.length ? words.strings.beginning : ''}</p>
            )}
            {item.day && (
              <p class="day">
                <span>{dayOf(item.at, words.locale, now)}</span>
              </p>
            )}
            {item.is === 'event' ? (
              <Happened item={item} words={words} me={screen.me.value} />
            ) : (
              <Bubble screen={screen} item={item} words={words} />
            )}
          </div>
        )}
      </Windowed>
      {items.length === 0 && thread.phase === 'live' && <p class="empty over">{words.strings.noMessages}</p>}
      {!atEnd && unread && (
        <button type="button" class="new-below" onClick={toEnd}>
          <DownIcon /> {words.strings.newBelow}
        </button>
      )}
      <Latest items={items} />
    </div>
  );
}

/** Whether the customer wrote something that the agents have not read. */
function newBelow({ items, read }: Thread): boolean {
  const last = items.findLast((item) => item.is === 'message' && item.from.type === 'contact');
  return last?.is === 'message' && (last.event?.seq ?? 0) > read.agents;
}

/** Tells a screen reader what came last; the windowed rows themselves would be told whenever one scrolls. */
function Latest({ items }: { items: readonly Item[] }) {
  const [first] = useState(() => items.at(-1)?.at ?? Date.now());
  const last = items.at(-1);
  const told =
    last && last.is !== 'event' && !last.own && last.at > first ? `${last.from.name}: ${last.text ?? ''}` : '';
  return (
    <p class="unseen" role="log">
      {told}
    </p>
  );
}

/** Whether the items differ from those before by older ones in front of them. */
function useGrown(items: readonly Item[]): boolean {
  const before = useRef(items);
  const [was, is] = [before.current, items];
  useLayoutEffect(() => {
    before.current = items;
  });
  const first = was[0];
  return (
    first !== undefined && is.length > was.length && is[0]?.key !== first.key && is.at(-1)?.key === was.at(-1)?.key
  );
}

/** Stays at the end where one was at the end; asks for older ones near the top. */
function useScrolling(screen: Screen, { items, more }: Thread, list: { readonly current: Handle | null }) {
  const [atEnd, setAtEnd] = useState(true);
  const frame = useRef<HTMLDivElement>(null);
  const following = useRef(AT_END);
  const last = items.at(-1);
  // The list's own way there would hold against a person who scrolls up while rows are measured.
  const toEnd = () => {
    const box = frame.current!.firstElementChild!;
    box.scrollTop = box.scrollHeight;
    following.current = { atEnd: true, top: box.scrollTop };
    setAtEnd(true);
  };
  const look = () => {
    following.current = followed(following.current, frame.current!.firstElementChild!);
    setAtEnd(following.current.atEnd);
  };
  const changed = () => {
    look();
    if (following.current.atEnd) toEnd();
  };
  useLayoutEffect(() => {
    if (!items.length) return;
    if (last?.is !== 'event' && last?.own && last.tick === 'queued') toEnd();
    else changed();
  }, [items]);
  const scrolled = (offset: number) => {
    look();
    if (offset < TOP && more) screen.pane.older();
  };
  useEffect(() => {
    // A short page that fills no screen can't be scrolled.
    if (more && list.current && list.current.scrollSize < list.current.viewportSize + TOP) screen.pane.older();
  }, [items, more]);
  return { atEnd, frame, following, scrolled, changed, toEnd };
}

/** What is at the end of an open thread, on a page that is looked at, is read. */
function useReading(
  screen: Screen,
  { head, phase, read }: Thread,
  following: { readonly current: Following },
  atEnd: boolean,
): void {
  const look = () => {
    const seen = following.current.atEnd && !document.hidden && document.hasFocus();
    if (phase === 'live' && head > read.agents && seen) screen.pane.read();
  };
  useLooking(look, [head, phase, atEnd, read.agents]);
}

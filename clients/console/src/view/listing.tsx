/** A windowed list of threads or contacts in which one stands at a row: by j and k, the arrows, or what is open. */

import type { ComponentChild } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { step } from '../keys.ts';
import type { Screen } from '../screen.ts';
import { Windowed, type Handle } from './windowed.tsx';

// Rows from the end at which more are asked for: more than one can scroll past before they are there.
const AHEAD = 40;

interface Props<T> {
  readonly screen: Screen;
  readonly label: string;
  readonly items: readonly T[];
  readonly threadOf: (item: T) => string | undefined;
  /** The id that a row has in the page. */
  readonly idOf: (item: T) => string;
  /** Of a row, in pixels. */
  readonly height: number;
  /** Where the list is scrolled to at first: where it was, after a reload or back from elsewhere. */
  readonly start: number;
  readonly onScroll: (offset: number) => void;
  readonly onMore: () => void;
  readonly children: (item: T, index: number, current: boolean) => ComponentChild & object;
}

export function Listing<T>(props: Props<T>) {
  const { screen, items, threadOf, start } = props;
  const list = useRef<Handle>(null);
  const { value: cursor } = screen.cursor;
  const at = cursor === undefined ? -1 : items.findIndex((item) => threadOf(item) === cursor);
  useEffect(() => {
    // When one moves, not when rows move.
    if (at >= 0) list.current?.scrollToIndex(at, { align: 'nearest' });
  }, [cursor]);
  useEffect(() => {
    if (start) requestAnimationFrame(() => list.current?.scrollTo(start));
  }, []);
  const scrolled = (offset: number) => {
    props.onScroll(offset);
    const last = list.current?.findItemIndex(offset + (list.current?.viewportSize ?? 0)) ?? 0;
    if (last >= items.length - AHEAD) props.onMore();
  };
  return (
    <Windowed
      ref={list}
      data={items}
      class="rows"
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={at < 0 ? undefined : props.idOf(items[at]!)}
      keepMounted={at < 0 ? [] : [at]}
      tabIndex={0}
      itemSize={props.height}
      onScroll={scrolled}
      onKeyDown={(event) => arrows(screen, event as unknown as KeyboardEvent)}
    >
      {(item, index) => props.children(item, index, index === at)}
    </Windowed>
  );
}

function arrows(screen: Screen, event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  step(screen, event.key === 'ArrowDown' ? 1 : -1);
}

/** The rows of a view, live and windowed: however many there are, only those in sight are in the page. */

import { useEffect, useRef } from 'preact/hooks';

import { VIEWS, type Listed, type View } from '../core/frames.ts';
import { step } from '../keys.ts';
import type { Screen } from '../screen.ts';
import { Found, SearchField, useSearch } from './search.tsx';
import { Row } from './row.tsx';
import { Windowed, type Handle } from './windowed.tsx';

// Rows from the end at which the next page is asked for: more than one can scroll past before it is there.
const AHEAD = 40;

export function List({ screen, view }: { screen: Screen; view: View }) {
  const { strings } = screen.words.value;
  const search = useSearch(screen);
  return (
    <section class="list" aria-label={strings.conversations}>
      <header>
        <h1>{strings.inbox}</h1>
        <SearchField screen={screen} search={search} />
        {!search.query && (
          <nav class="views" aria-label={strings.views}>
            {VIEWS.map((one) => (
              <button
                key={one}
                type="button"
                aria-current={one === view ? 'true' : undefined}
                onClick={() => screen.watch(one)}
              >
                {strings[one]}
              </button>
            ))}
          </nav>
        )}
      </header>
      {search.query ? <Found screen={screen} search={search} /> : <Rows key={view} screen={screen} view={view} />}
    </section>
  );
}

function Rows({ screen, view }: { screen: Screen; view: View }) {
  const { strings } = screen.words.value;
  const { rows, loaded, view: watched } = screen.inbox.value;
  const list = useRef<Handle>(null);
  useCursor(screen, rows, list);
  usePlace(screen, loaded && watched === view && rows.length > 0, list);
  if (!loaded || watched !== view) return <p class="empty">{strings.loading}</p>;
  if (!rows.length) {
    return (
      <p class="empty">{view === 'mine' ? strings.noMine : view === 'closed' ? strings.noClosed : strings.noRows}</p>
    );
  }
  const { value: cursor } = screen.cursor;
  const at = rows.findIndex(({ thread }) => thread === cursor);
  const scrolled = (offset: number) => {
    screen.scrolled = offset;
    const last = list.current?.findItemIndex(offset + (list.current?.viewportSize ?? 0)) ?? 0;
    if (last >= rows.length - AHEAD) screen.more();
  };
  return (
    <Windowed
      ref={list}
      data={rows}
      class="rows"
      role="listbox"
      aria-label={strings[view]}
      aria-activedescendant={at < 0 ? undefined : `row-${cursor}`}
      keepMounted={at < 0 ? [] : [at]}
      tabIndex={0}
      itemSize={76}
      onScroll={scrolled}
      onKeyDown={(event) => arrows(screen, event as unknown as KeyboardEvent)}
    >
      {(row, index) => (
        <Row
          key={row.thread}
          row={row}
          words={screen.words.value}
          me={screen.me.value}
          current={row.thread === cursor}
          position={index + 1}
          count={rows.length}
          onOpen={() => screen.open(row.thread)}
        />
      )}
    </Windowed>
  );
}

function arrows(screen: Screen, event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  step(screen, event.key === 'ArrowDown' ? 1 : -1);
}

/** Keeps the row one stands at in sight when one moves, not when rows move. */
function useCursor(screen: Screen, rows: readonly Listed[], list: { readonly current: Handle | null }): void {
  const { value: cursor } = screen.cursor;
  useEffect(() => {
    const at = rows.findIndex(({ thread }) => thread === cursor);
    if (at >= 0) list.current?.scrollToIndex(at, { align: 'nearest' });
  }, [cursor]);
}

/** After a reload, scrolls to where it was. */
function usePlace(screen: Screen, there: boolean, list: { readonly current: Handle | null }): void {
  useEffect(() => {
    if (!there || !screen.scrolled) return;
    const { scrolled } = screen;
    requestAnimationFrame(() => list.current?.scrollTo(scrolled));
  }, [there]);
}

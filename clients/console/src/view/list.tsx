/** The rows of a view, live and windowed: however many there are, only those in sight are in the page. */

import { VIEWS, type View } from '../core/frames.ts';
import type { Screen } from '../screen.ts';
import { Listing } from './listing.tsx';
import { Found, SearchField, useSearch } from './search.tsx';
import { Row } from './row.tsx';

/** `main`: there is no thread beside it that would be what the page is for. */
export function List({ screen, view, main }: { screen: Screen; view: View; main: boolean }) {
  const { strings } = screen.words.value;
  const search = useSearch(screen);
  return (
    <section
      id={main ? 'main' : undefined}
      class="list"
      role={main ? 'main' : undefined}
      tabIndex={-1}
      aria-label={strings.conversations}
    >
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
  if (!loaded || watched !== view) return <p class="empty">{strings.loading}</p>;
  if (!rows.length) {
    return (
      <p class="empty">{view === 'mine' ? strings.noMine : view === 'closed' ? strings.noClosed : strings.noRows}</p>
    );
  }
  return (
    <Listing
      screen={screen}
      label={strings[view]}
      items={rows}
      threadOf={({ thread }) => thread}
      idOf={({ thread }) => `row-${thread}`}
      height={76}
      start={screen.scrolled}
      onScroll={(offset) => (screen.scrolled = offset)}
      onMore={() => screen.more()}
    >
      {(row, index, current) => (
        <Row
          key={row.thread}
          row={row}
          words={screen.words.value}
          me={screen.me.value}
          current={current}
          position={index + 1}
          count={rows.length}
          onOpen={() => screen.open(row.thread)}
        />
      )}
    </Listing>
  );
}

/** What administrators see to: who answers, and where the chat stands. */

import type { ComponentChildren } from 'preact';

import { PAGES, type SettingsPlace } from '../place.ts';
import type { Screen } from '../screen.ts';
import { fill } from '../strings/index.ts';
import { Agents } from './agents.tsx';
import { Apps } from './apps.tsx';
import { AlertIcon } from './icons.tsx';
import type { Listed } from './listed.ts';

export function Settings({ screen, place: { page } }: { screen: Screen; place: SettingsPlace }) {
  const { strings } = screen.words.value;
  return (
    <main id="main" class="page settings" tabIndex={-1}>
      <div class="column">
        <header class="page-header">
          <h1>{strings.settings}</h1>
          <nav class="views" aria-label={strings.settings}>
            {PAGES.map((one) => (
              <button
                key={one}
                type="button"
                aria-current={one === page ? 'page' : undefined}
                onClick={() => screen.go({ room: 'settings', page: one })}
              >
                {strings[one]}
              </button>
            ))}
          </nav>
        </header>
        {page === 'agents' ? <Agents screen={screen} /> : <Apps screen={screen} />}
      </div>
    </main>
  );
}

interface ShownProps<T> {
  readonly screen: Screen;
  readonly listed: Listed<T>;
  readonly children: (items: readonly T[]) => ComponentChildren;
}

/** What is listed, or why it is not there. */
export function Shown<T>({ screen, listed: { items, refused, reload }, children }: ShownProps<T>) {
  const { strings } = screen.words.value;
  if (refused) {
    return (
      <div class="caution" data-bad="true" role="alert">
        <AlertIcon />
        <span>{fill(strings.notLoaded, { reason: refused.message || strings.unreachable })}</span>
        <button type="button" class="text-button" onClick={() => void reload()}>
          {strings.again}
        </button>
      </div>
    );
  }
  return items ? <>{children(items)}</> : <p class="empty">{strings.loading}</p>;
}

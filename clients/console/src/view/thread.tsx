/** The open thread: who it is with, what was said, and what one writes with. */

import type { Thread } from '../pane.ts';
import type { Screen } from '../screen.ts';
import { counted, fill } from '../strings/index.ts';
import { Composer } from './composer.tsx';
import { Header } from './header.tsx';
import { Mark } from './icons.tsx';
import { Items } from './items.tsx';

interface Props {
  readonly screen: Screen;
  readonly thread: Thread;
}

export function ThreadPane({ screen, thread }: Props) {
  const { strings } = screen.words.value;
  if (thread.gone) return <Gone screen={screen} thread={thread} />;
  if (!thread.known) return <p class="empty">{strings.loading}</p>;
  return (
    <>
      <Header screen={screen} thread={thread} known={thread.known} />
      <Items screen={screen} thread={thread} />
      <Around screen={screen} thread={thread} />
      <Composer screen={screen} name={thread.known.contact.name} />
    </>
  );
}

/** Who types, and which other agents look at it: in place, so that nothing moves when they come and go. */
function Around({ screen, thread: { typists, viewers } }: Props) {
  const words = screen.words.value;
  const { strings, locale } = words;
  const names = new Intl.ListFormat(locale).format(viewers.map(({ name }) => name));
  return (
    <div class="around">
      <p role="status" class="typists">
        {typists.map(({ id, name, note }) => (
          <span key={id} data-note={note}>
            <i class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </i>
            {fill(note ? strings.typingNote : strings.typing, { name })}
          </span>
        ))}
      </p>
      {viewers.length > 0 && <p class="viewers">{counted(words, strings.alsoHere, viewers.length, { name: names })}</p>}
    </div>
  );
}

/** Nothing is open. */
export function Nothing({ screen }: { screen: Screen }) {
  const { strings } = screen.words.value;
  return (
    <div class="nothing">
      <Mark size={52} />
      <p>{strings.noThread}</p>
      <small>{strings.noThreadHint}</small>
    </div>
  );
}

/** The thread is no more: where it went, if it went anywhere. */
function Gone({ screen, thread: { gone } }: Props) {
  const { strings } = screen.words.value;
  const to = gone?.to;
  return (
    <div class="nothing">
      <Mark size={52} />
      <p role="status">{to ? strings.movedThread : strings.erasedThread}</p>
      {to && (
        <button type="button" class="primary" onClick={() => screen.open(to)}>
          {strings.goThere}
        </button>
      )}
    </div>
  );
}

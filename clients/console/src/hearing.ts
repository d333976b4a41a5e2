/** What the console tells beside what it holds: sounds, notifications, plain words, and the ends of requests. */

import { chime } from '../../widget/src/sound.ts';
import type { Told } from './core/console.ts';
import { Problem } from './http.ts';
import type { Screen } from './screen.ts';

export class Hearing {
  readonly #screen: Screen;
  readonly #waiting = new Map<string, (refused: Problem | undefined) => void>();

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Resolves when the request of that `ref` has its answer. Rejects with a `Problem`. */
  answered(ref: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(ref, (refused) => (refused ? reject(refused) : resolve()));
    });
  }

  hear(told: Told): void {
    const screen = this.#screen;
    const { strings } = screen.words.value;
    switch (told.type) {
      case 'said': {
        const looking = told.row.thread === screen.console?.current?.thread && document.hasFocus();
        if (looking) return;
        if (screen.choices.value.sound !== false) chime();
        return screen.notifier.tell(told.row);
      }
      case 'failed':
        // A message that failed is shown as such; of the rest there is nothing to show.
        if (told.entry.kind !== 'assign' && told.entry.kind !== 'status') return;
        screen.console?.outbox.discard(told.entry.cid);
        screen.notice.value = strings.notDone.replace('{reason}', told.entry.failure?.message ?? '');
        return;
      case 'problem':
        screen.notice.value = strings.notDone.replace('{reason}', told.error.message);
        return;
      case 'ended': {
        const { error } = told;
        this.#waiting.get(told.ref)?.(error && new Problem(error.code, error.reason, error.message));
        this.#waiting.delete(told.ref);
      }
    }
  }
}

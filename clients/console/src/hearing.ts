/** What the console tells beside what it holds: sounds, notifications and plain words. */

import { chime } from '../../widget/src/sound.ts';
import type { Told } from './core/console.ts';
import type { Screen } from './screen.ts';

export class Hearing {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
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
      case 'succeeded':
        return screen.pane.forget();
      case 'problem':
        screen.notice.value = strings.notDone.replace('{reason}', told.error.message);
    }
  }
}

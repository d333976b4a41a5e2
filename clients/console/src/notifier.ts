/** Desktop notifications of what customers write while the agent looks elsewhere, if they were asked for. */

import type { Listed } from './core/frames.ts';
import type { Screen } from './screen.ts';

export class Notifier {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  get possible(): boolean {
    return 'Notification' in globalThis;
  }

  /** Whether they are on, and the browser lets them through. */
  get on(): boolean {
    return this.possible && Notification.permission === 'granted' && this.#screen.choices.value.notify === true;
  }

  /** Turns them on or off; false if the browser does not let them through. Called by a click, as browsers want it. */
  async turn(on: boolean): Promise<boolean> {
    if (on && (!this.possible || (await Notification.requestPermission()) !== 'granted')) return false;
    this.#screen.choose({ notify: on });
    return true;
  }

  /** One for each thread: the next takes its place. */
  tell({ thread, contact, last }: Listed): void {
    if (!this.on || document.hasFocus()) return;
    const notification = new Notification(contact.name, {
      body: last?.text ?? '',
      tag: thread,
      icon: '/console/icon.svg',
    });
    notification.onclick = () => {
      window.focus();
      this.#screen.open(thread);
      notification.close();
    };
  }
}

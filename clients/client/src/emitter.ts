/** Tells whoever listens, each apart: a listener that throws harms neither the others nor the client. */

import type { Change, ChangeMap } from './changes.ts';

type Listener = (change: Change) => void;

export class Emitter {
  readonly #listeners = new Set<Listener>();

  /** Every change from now on, until the answer is called. */
  watch(listener: Listener): () => void {
    // Each its own, also when one function is given twice.
    const own: Listener = (change) => listener(change);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Changes of one type. */
  on<T extends keyof ChangeMap>(type: T, listener: (detail: ChangeMap[T]) => void): () => void {
    return this.watch((change) => {
      if (change.type === type) listener(change.detail as ChangeMap[T]);
    });
  }

  tell(change: Change): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        // As a browser does with its own listeners: shown, and on to the next.
        console.error(error);
      }
    }
  }
}

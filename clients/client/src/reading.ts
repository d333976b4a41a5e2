/** How far each side has read, and how many messages that leaves to the customer (WIRE.md section 4, `unread`). */

import type { Side } from './frames.ts';
import type { Timeline } from './timeline.ts';

// As the server counts: 100 means "or more".
const MOST = 100;

/** Read positions of one thread. `contact` is the customer's side, on whichever device; they never go back. */
export class Reading {
  contact = 0;
  agents = 0;
  #older = 0;

  /** Takes a side's position; whether it moved. */
  moved(side: Side, seq: number): boolean {
    if (!(seq > this[side])) return false;
    this[side] = seq;
    return true;
  }

  /** Takes both positions of a log that replaced the one held, where they may be lower. */
  restart(positions: Readonly<Record<Side, number>>): void {
    this.contact = positions.contact;
    this.agents = positions.agents;
    this.#older = 0;
  }

  /** Takes the server's count, which also knows the unread messages older than the events held. */
  told(unread: number, timeline: Timeline): void {
    this.#older = Math.max(0, unread - this.#counted(timeline));
  }

  /** How many messages of the other side, not deleted, came after the customer's position; 100 means "or more". */
  unread(timeline: Timeline): number {
    // The older ones count until the position reaches what is held.
    const older = this.contact < timeline.before - 1 ? this.#older : 0;
    return Math.min(MOST, older + this.#counted(timeline));
  }

  #counted(timeline: Timeline): number {
    return timeline.events.filter(
      ({ seq, kind, deleted, from }) => seq > this.contact && kind === 'message' && !deleted && from.type !== 'contact',
    ).length;
  }
}

/**
 * Is anybody there? When to send `ping`, and when to give a connection up (WIRE.md section 6, 5 and 10). Times are the
 * caller's monotonic milliseconds.
 *
 * Browsers don't show the server's own pings to a page: it has "heard nothing" when no frame came.
 */

export const OPEN_WITHIN = 10_000;
export const READY_WITHIN = 20_000;
export const PONG_WITHIN = 5_000;
// What was heard this recently needs no proof, however often somebody comes back to the page.
const FRESH = 1_000;

/** What silence asks for now. */
export type Due = 'ping' | 'give_up' | undefined;

export class Liveness {
  #heard: number;
  #until: number;
  #heartbeat = 0;
  #pinged = false;

  /** A socket is being opened. */
  constructor(now: number) {
    this.#heard = now;
    this.#until = now + OPEN_WITHIN;
  }

  /** It is open, and init was sent. */
  opened(now: number): void {
    this.#until = now + READY_WITHIN;
  }

  /** `ready` came, and says how often the server lets itself be heard. */
  ready(heartbeat: number, now: number): void {
    this.#heartbeat = heartbeat;
    this.heard(now);
  }

  /** Any frame came. */
  heard(now: number): void {
    this.#heard = now;
    if (!this.#heartbeat) return;
    this.#pinged = false;
    this.#until = now + this.#heartbeat;
  }

  /** The device may have slept or lost its network: find out at once. */
  doubt(now: number): void {
    if (now >= this.#heard + FRESH && !this.#pinged) this.#until = now;
  }

  /** What is to be done now. */
  due(now: number): Due {
    if (now < this.#until) return undefined;
    if (!this.#heartbeat || this.#pinged) return 'give_up';
    this.#pinged = true;
    this.#until = now + PONG_WITHIN;
    return 'ping';
  }

  /** When `due` is to be asked next, if nothing is heard before. */
  get deadline(): number {
    return this.#until;
  }
}

/** Waiting longer after each failure, by an amount that differs between clients, so that they don't all come back at once. */

/** Answers numbers from 0 to 1. */
export type Random = () => number;

/** Doubling from `first` to `most` milliseconds, of which a random half to whole is taken. */
export class Backoff {
  readonly #random: Random;
  readonly #first: number;
  readonly #most: number;
  #tries = 0;

  constructor(random: Random, first = 500, most = 30_000) {
    this.#random = random;
    this.#first = first;
    this.#most = most;
  }

  /** The milliseconds to wait now. */
  next(): number {
    const whole = Math.min(this.#most, this.#first * 2 ** this.#tries++);
    return whole * (0.5 + this.#random() / 2);
  }

  /** It worked: the next failure waits as briefly as the first. */
  reset(): void {
    this.#tries = 0;
  }
}

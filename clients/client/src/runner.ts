/**
 * The loop that keeps a session connected: connect, converse, and obey the reconnect column. Decisions are made
 * elsewhere (`reconnect`, `liveness`, `sending`); this is where they are carried out, and where time passes.
 */

import { disconnected } from './admission.ts';
import { change, type ChangeMap } from './changes.ts';
import { VISITOR } from './identity.ts';
import { CUT, Pump, type Surroundings } from './pump.ts';
import { Reconnect, why, type Ended, type Stay } from './reconnect.ts';
import { offline, type Session } from './session.ts';
import type { Random } from './backoff.ts';
import { now } from './time.ts';
import { TOKENS } from './tokens.ts';
import type { TokenSource } from './tokensource.ts';

// An init takes milliseconds, and a client gives up on its own after 20 s. Whoever waits longer goes on without the lock.
const LOCK_WITHIN = 25_000;

export class Runner {
  tokens: TokenSource;
  /** Why it no longer connects by itself, while it doesn't. */
  stay: Stay | undefined;
  readonly #session: Session;
  readonly #around: Surroundings;
  readonly #policy: Reconnect;
  #pump: Pump | undefined;
  #rise: ((person: boolean) => void) | undefined;
  // A sign came while an attempt was under way that may be older than it.
  #hasty = false;
  #closed = false;

  constructor(session: Session, tokens: TokenSource, around: Surroundings, random: Random) {
    this.#session = session;
    this.tokens = tokens;
    this.#around = around;
    this.#policy = new Reconnect(random);
  }

  /** Until closed, or until the device is logged out. */
  async run(): Promise<void> {
    while (!this.#over) {
      this.#say({ state: 'connecting' });
      const ended = await this.#attempt();
      this.#session.save();
      if (!this.#over && !this.#session.link.again) await this.#rest(ended);
    }
  }

  /** Something may be there to send. `acted`: by a person, which some closes take as a wish to connect (section 7). */
  wake(acted = false): void {
    if (this.#pump) this.#pump.wake();
    else if ((acted && this.stay?.sending) || this.#over) this.#rise?.(true);
  }

  /** A person asks: end whatever wait there is. */
  connectNow(): void {
    this.#policy.hopeful();
    this.#rise?.(true);
  }

  /** A sign that a connection may work now, or that the present one no longer does: waking, going online, focus. */
  hint(): void {
    this.#policy.hopeful();
    this.#hasty = !this.#session.admitted;
    this.#rise?.(false);
    this.#pump?.doubt();
  }

  /** Drop the connection, if there is one, and open another at once: the account has changed. */
  startOver(): void {
    this.#session.link.again = true;
    this.#say({ state: 'connecting' });
    this.connectNow();
    this.wake();
  }

  /** Writes the `logout` frame, if there is still a connection to write it to. */
  sayLogout(): void {
    this.#pump?.sayLogout();
  }

  /** Ends the connection and the loop. */
  close(): void {
    this.#closed = true;
    this.#session.link.again = true;
    this.wake();
  }

  get #over(): boolean {
    return this.#closed || this.#session.shelf.wiped;
  }

  /** One connection, from opening it to its end. */
  async #attempt(): Promise<Ended> {
    const session = this.#session;
    const { keeper } = this.#around;
    session.link = offline();
    this.#hasty = false;
    let code = CUT;
    let unmade: string | undefined;
    let release = () => {};
    try {
      const token = await this.tokens.fetch();
      await keeper.refresh(TOKENS);
      if (token === undefined && !session.tokens.held(session.identity)) {
        release = await keeper.lock('init', LOCK_WITHIN);
        await keeper.refresh(TOKENS);
      }
      // Somebody else may have logged in meanwhile, whose token this is not.
      if (!session.link.again && !this.#over) {
        this.#pump = new Pump(session, this.tokens, this.#around);
        code = await this.#pump.run(token, () => release());
      }
    } catch (error) {
      unmade = (error as Error).message;
    }
    this.#pump = undefined;
    release();
    disconnected(session, code);
    this.#around.told();
    const { readyAt, error, bye } = session.link;
    return { code, lasted: readyAt === undefined ? 0 : now() - readyAt, error, bye, unmade };
  }

  /** Waits as long as the policy asks, or until somebody or something asks to connect. */
  async #rest(ended: Ended): Promise<void> {
    const isUser = this.#session.identity !== VISITOR;
    const decision = this.#session.link.rejected
      ? { code: ended.code, reason: why(ended), sending: false }
      : this.#policy.after(ended, isUser, this.tokens.renewable);
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      if ('delay' in decision) {
        this.#rise = (person) => void ((person || decision.eager) && resolve());
        timer = setTimeout(resolve, decision.delay);
        this.#say({ state: 'waiting', reason: why(ended), retryIn: decision.delay });
      } else {
        this.#rise = (person) => void (person && resolve());
        this.stay = decision;
        this.#say({ state: 'stopped', reason: decision.reason });
      }
      if (this.#over) resolve();
      if (this.#hasty) this.#rise(false);
    });
    clearTimeout(timer);
    this.#rise = this.stay = undefined;
  }

  #say(state: ChangeMap['state']): void {
    this.#session.tell(change('state', state));
    this.#around.told();
  }
}

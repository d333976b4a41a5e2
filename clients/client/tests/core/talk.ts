/** A session without a socket: tests say what the server sends and see what the client writes. */

import { disconnected, opening } from '../../src/admission.ts';
import type { ChangeMap, Change } from '../../src/changes.ts';
import { send } from '../../src/commands.ts';
import { parse } from '../../src/frames.ts';
import { identityOf } from '../../src/identity.ts';
import { received } from '../../src/receiving.ts';
import type { End } from '../../src/requests.ts';
import { outgoing } from '../../src/sending.ts';
import { Session, type User } from '../../src/session.ts';
import { Shelf } from '../../src/shelf.ts';
import { pack, unpack } from '../../src/codec.ts';
import type { Event } from '../../src/event.ts';
import type { Frame } from '../../src/wire.ts';
import { ready, replay } from './builders.ts';

export const USER: User = { user_id: '12345' };
export const VISITORS = 'th_0_vvvvvvvvvvvvvvvvvvvv';

/** One client's session, its clock, and everything it told so far. */
export class Talk {
  readonly session: Session;
  now = 0;
  changes: Change[] = [];
  ends: End[] = [];

  /** null: a visitor. */
  constructor(given: User | null = USER, shelf = new Shelf()) {
    const user = given ?? undefined;
    const account = {
      org: 'demo',
      app_id: 1,
      app_secret: 'demo-secret',
      device: { id: 'd', kind: 'other' as const },
      user,
    };
    this.session = new Session(account, shelf, undefined, () => 1);
  }

  /** Begins a connection; the init frame, as it is on the wire. */
  open(token?: string): Frame {
    const frame = opening(this.session, token);
    this.#take();
    return unpack(pack(frame, 'json') as string);
  }

  /** The server sends these. */
  hear(...frames: Frame[]): void {
    for (const frame of frames) {
      const parsed = parse(frame);
      if (parsed) received(this.session, parsed, this.now);
      this.#take();
    }
  }

  /** A connection that is admitted and has replayed these. */
  live(events: readonly Event[] = [], given: Record<string, unknown> = {}): this {
    this.open();
    this.hear(ready({ head: events.at(-1)?.seq ?? 0, ...given }), replay(events));
    return this;
  }

  /** What the client writes, so many milliseconds later. */
  writes(after = 0): Frame[] {
    this.now += after;
    const frames = outgoing(this.session, this.now);
    this.#take();
    return frames;
  }

  /** A person sends a message; its cid. */
  types(text: string): string {
    const { cid } = send(this.session, text);
    this.#take();
    return cid;
  }

  /** The connection ends. */
  lose(code = 1006): void {
    disconnected(this.session, code);
    this.#take();
  }

  /** Another account from the next connection on. */
  login(user: User | undefined): void {
    this.session.account = { ...this.session.account, user };
    this.session.become(identityOf(user?.user_id, undefined));
    this.#take();
  }

  /** The same device after the page was loaded again; the client that was there is gone. */
  again(): Talk {
    this.session.save();
    const { shelf, account, outbox } = this.session;
    const later = new Talk(account.user ?? null, shelf);
    later.session.outbox.orphaned(outbox.owner);
    return later;
  }

  /** What is shown, those of the outbox last. */
  get texts() {
    return this.session.messages.map(({ text }) => text);
  }

  /** How far each message got. */
  get ticks() {
    return this.session.messages.map(({ tick }) => tick);
  }

  /** The details of the changes of this type, and forgets all of them. */
  told<T extends keyof ChangeMap>(type: T): ChangeMap[T][] {
    this.#take();
    const found = this.changes.filter((one) => one.type === type).map(({ detail }) => detail as ChangeMap[T]);
    this.changes = [];
    return found;
  }

  #take(): void {
    const { changes, ends } = this.session.told;
    this.session.told = { changes: [], ends: [] };
    this.changes.push(...changes);
    this.ends.push(...ends);
  }
}

export const types = (frames: readonly Frame[]) => frames.map(({ t }) => t);

/** A visitor who was admitted to a thread of their own. */
export function visitor(shelf?: Shelf): Talk {
  const talk = new Talk(null, shelf);
  talk.open();
  talk.hear(
    ready({ thread: VISITORS, role: 'visitor', identity: 'none', visitor: 'v-token' }),
    replay([], { thread: VISITORS }),
  );
  return talk;
}

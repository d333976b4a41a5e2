/** One thread as an agent sees it: the whole log, notes too, and the people at both ends. */

import { Timeline } from '../../../client/src/timeline.ts';
import { Typists } from '../../../client/src/typists.ts';
import type {
  Contact,
  Device,
  Event,
  Gone,
  History,
  Named,
  Opened,
  Presence,
  Read,
  Reads,
  Replay,
  ThreadStatus,
  Track,
  Typing,
} from './frames.ts';

// Whoever reads further back than this reads the contact's whole story: some 30 MB.
const HELD = 60_000;
const TRACKS = 50;

/** `opening`: asked for. `replaying`: `opened` came. `live`: everything up to now is here. `over`: see `gone`. */
export type Phase = 'opening' | 'replaying' | 'live' | 'over';

/** As the last `opened`, `profile`, `presence` and event told. */
export interface Known {
  readonly contact: Contact;
  readonly status: ThreadStatus;
  readonly assignee: Named | null;
  readonly devices: readonly Device[];
  readonly viewers: readonly Named[];
  readonly page: Presence['page'];
}

export class Conversation {
  readonly thread: string;
  readonly timeline = new Timeline(HELD);
  readonly typists = new Typists();
  phase: Phase = 'opening';
  /** Undefined before the first `opened`. */
  known: Known | undefined;
  read: Reads = { contact: 0, agents: 0 };
  gone: Gone | undefined;
  /** What the customer did while this was open, the last of it. */
  tracks: readonly Track[] = [];
  /** The agents whose typing is of a note. */
  readonly noting = new Set<string>();

  constructor(thread: string) {
    this.thread = thread;
  }

  opened(frame: Opened): void {
    const { contact, status, assignee, devices, viewers, read } = frame;
    this.phase = 'replaying';
    this.gone = undefined;
    this.known = { contact, status, assignee, devices, viewers, page: this.known?.page };
    this.read = read;
  }

  /** Takes a part of a replay. Throws `bad_frame` if it does not go on from what is held. */
  replayed(part: Replay): void {
    this.timeline.replayed(part);
    if (part.reset && part.read) this.read = part.read;
    this.phase = part.done ? 'live' : 'replaying';
    for (const event of part.events) this.#took(event);
  }

  /** Takes a live event; whether it is new. */
  arrived(event: Event): boolean {
    if (!this.timeline.arrived(event).length) return false;
    if (event.kind === 'message' || event.kind === 'note') this.typists.wrote(event.from);
    this.#took(event);
    return true;
  }

  paged(page: History, before: number): void {
    this.timeline.paged(page, before);
  }

  typing({ from, on, note }: Typing, now: number): void {
    this.typists.heard(from, on, now);
    if (note) this.noting.add(from.id);
    else this.noting.delete(from.id);
  }

  /** Takes how far a side has read; positions never go back. */
  reached({ side, seq }: Pick<Read, 'side' | 'seq'>): boolean {
    if (seq <= this.read[side]) return false;
    this.read = { ...this.read, [side]: seq };
    return true;
  }

  profile(contact: Contact): void {
    // Devices are told by `presence`, the others who have the e-mail by `opened` and by an own change.
    const same = contact.same_email ?? this.known?.contact.same_email;
    this.#know({ contact: same ? { ...contact, same_email: same } : contact });
  }

  presence({ devices, viewers, page }: Presence): void {
    this.#know({ ...(devices && { devices }), ...(viewers && { viewers }), ...(page && { page }) });
  }

  tracked(track: Track): void {
    this.tracks = [...this.tracks, track].slice(-TRACKS);
  }

  ended(gone: Gone): void {
    this.phase = 'over';
    this.gone = gone;
    this.timeline.forget();
  }

  /** The connection is over; what is held can be resumed from. */
  disconnected(): void {
    if (this.phase !== 'over') this.phase = 'opening';
    this.#know({ viewers: [] });
  }

  #took(event: Event): void {
    if (event.kind === 'status') this.#know({ status: event.status as ThreadStatus });
    if (event.kind === 'assigned') this.#know({ assignee: (event.agent as Named | null | undefined) ?? null });
  }

  #know(news: Partial<Known>): void {
    if (this.known) this.known = { ...this.known, ...news };
  }
}

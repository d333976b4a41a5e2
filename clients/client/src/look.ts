/** What a program can look at while a client runs: the conversation as it is now. Nothing here waits or changes anything. */

import type { Message } from './changes.ts';
import type { Author, Event } from './event.ts';
import type { Contact, Device, Prechat, Ready } from './frames.ts';
import type { Entry } from './entry.ts';
import type { Session } from './session.ts';

export class Look {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  /** The conversation's id; undefined before the first `ready`. */
  get thread(): string | undefined {
    return this.session.conversation.thread;
  }

  /** Of the conversation's log; another one once the log was replaced. */
  get epoch(): string | undefined {
    return this.session.conversation.timeline.epoch;
  }

  /** Those held, in `seq` order with edits and deletions applied, then those still in the outbox. */
  get messages(): readonly Message[] {
    return this.session.messages;
  }

  /** Every event held, in `seq` order, those that are no messages too. */
  get events(): readonly Event[] {
    return this.session.conversation.timeline.events;
  }

  /** Whether `history` would bring older ones. */
  get more(): boolean {
    return this.session.conversation.timeline.more;
  }

  /** Commands not yet known to be in the log, and failed ones, of every conversation of this device. */
  get outbox(): readonly Entry[] {
    return this.session.outbox.entries;
  }

  /** The other side's messages that `read` has not passed; 100 means "or more". */
  get unread(): number {
    return this.session.conversation.unread;
  }

  /** Who else types now: agents, and the customer on another device. */
  get typists(): readonly Author[] {
    return this.session.conversation.typists.now;
  }

  /** The customer's profile as the server holds it; empty before the first `ready`. */
  get contact(): Contact {
    return this.session.conversation.people.contact;
  }

  /** The form to give with `prechat`; null when there is none to give. */
  get prechatForm(): Prechat | null {
    return this.session.conversation.people.prechat ?? null;
  }

  get devices(): readonly Device[] {
    return this.session.conversation.people.devices;
  }

  get agentsOnline(): number {
    return this.session.conversation.people.agents_online;
  }

  /** How the server knows the customer. */
  get identity(): Ready['identity'] {
    return this.session.conversation.people.identity;
  }

  /** Whether the identity was refused and this is a clean chat. */
  get refused(): boolean {
    return this.session.conversation.people.refused;
  }
}

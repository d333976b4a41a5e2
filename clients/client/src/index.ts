/** The client of an Onethread server: one customer's conversation, with outbox, exact resume and reconnect. */

export type { Change, ChangeMap, Message, State, Tick } from './changes.ts';
export { Client } from './client.ts';
export { ClientError, type ErrorKind } from './errors.ts';
export type { Author, Event } from './event.ts';
export type { Ack, Contact, Device, Prechat, Side } from './frames.ts';
export { IndexedDBStorage } from './indexeddb.ts';
export type { Options } from './options.ts';
export type { Entry, Failure } from './entry.ts';
export type { SocketClass } from './pump.ts';
export type { ProfileFields, User } from './session.ts';
export { MemoryStorage, type Changes, type Kept, type Release, type Storage } from './storage.ts';
export type { Provider } from './tokensource.ts';
export type { Sending } from './waiting.ts';

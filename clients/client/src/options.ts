/** What a program says when it opens a client, and what becomes of it. */

import type { Random } from './backoff.ts';
import { Drawer } from './drawer.ts';
import { ClientError } from './errors.ts';
import type { Device } from './frames.ts';
import { IndexedDBStorage } from './indexeddb.ts';
import type { SocketClass } from './pump.ts';
import type { Account, User } from './session.ts';
import { MemoryStorage, type Storage } from './storage.ts';
import { within } from './time.ts';
import type { Provider } from './tokensource.ts';
import { checkFrame, type CodecName } from './wire.ts';

export interface Options {
  /** Of the server: `wss://chat.example/ws`; `https:` is taken as `wss:`, a path left out as `/ws`. */
  readonly url: string;
  readonly org: string;
  readonly appId: number;
  readonly appSecret: string;
  readonly user?: User | undefined;
  /** A JWT, or a function that answers a fresh one whenever it is asked. */
  readonly token?: string | Provider | undefined;
  /** Without an id one is made up and kept. */
  readonly device?: Partial<Pick<Device, 'id' | 'kind' | 'name'>> | undefined;
  /** IndexedDB where there is one, else nothing outlives the client. */
  readonly storage?: Storage | undefined;
  /** Where the customer is; agents see it. */
  readonly page?: Account['page'];
  /** How many events a fresh start brings, 0 to 200; 50 if left out. */
  readonly tail?: number | undefined;
  /** MessagePack if left out. */
  readonly codec?: CodecName | undefined;
  /** The global one if left out. */
  readonly socketClass?: SocketClass | undefined;
  /** Answers numbers from 0 to 1, to spread reconnects; `Math.random` if left out. */
  readonly random?: Random | undefined;
}

// Some browsers have been seen to leave a page's first look into its storage unanswered. A chat must open all the same.
const WITHIN = 3_000;

/** The address of the server's WebSocket. Throws `invalid`, quoting it without what may be a secret in it. */
export function socketUrl(given: string): string {
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw new ClientError('invalid', `url: "${given.slice(0, 80)}" is no absolute address`);
  }
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (!/^wss?:$/.test(url.protocol))
    throw new ClientError('invalid', `url: ${url.protocol} is none of ws, wss, http, https`);
  if (url.pathname === '/') url.pathname = '/ws';
  return url.href;
}

/** What opens sockets. Throws `invalid` where the platform has nothing. */
export function socketClass({ socketClass: given }: Options): SocketClass {
  const found = given ?? (globalThis.WebSocket as SocketClass | undefined);
  if (!found) throw new ClientError('invalid', 'socketClass: this platform has no WebSocket of its own');
  return found;
}

/** The account of these options on a device of this id. Throws `invalid` for fields that no init could carry. */
export function account({ org, appId, appSecret, user, device, page, tail }: Options, id: string): Account {
  const made = {
    org,
    app_id: appId,
    app_secret: appSecret,
    device: { id, kind: typeof document === 'undefined' ? 'other' : 'web', ...device } as const,
    user,
    page,
    tail,
  };
  checkFrame({ t: 'init', ...made });
  return made;
}

/** The device's drawer in the storage; in one that is forgotten with the client, if that storage fails. */
export async function openDrawer(options: Options): Promise<{ drawer: Drawer; failed: boolean }> {
  const name = `onethread ${new URL(options.url).host} ${options.org}`;
  const storage =
    options.storage ?? (typeof indexedDB === 'undefined' ? new MemoryStorage() : new IndexedDBStorage(name));
  try {
    return { drawer: await within(WITHIN, Drawer.open(storage)), failed: false };
  } catch {
    return { drawer: await Drawer.open(new MemoryStorage()), failed: true };
  }
}

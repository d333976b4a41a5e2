/**
 * What the browser keeps. For good: the organization's name, this device's id and what was chosen in the menu. For the
 * tab: what was typed. Never a session: that is in a cookie that no script can read.
 */

import type { Entry } from './core/outbox.ts';

/** What is chosen in the menu. */
export interface Choices {
  readonly org?: string;
  readonly device?: string;
  readonly language?: string;
  readonly theme?: 'light' | 'dark';
  readonly notify?: boolean;
  readonly sound?: boolean;
  readonly profile?: boolean;
}

/** What a tab keeps through a reload. */
export interface Kept {
  /** The id of the agent whose outbox and drafts these are. */
  readonly agent?: string | undefined;
  readonly outbox?: readonly Entry[];
  readonly drafts?: Readonly<Record<string, Draft>>;
  /** How many rows of the inbox were loaded, and how far down it was scrolled. */
  readonly rows?: number;
  readonly scrolled?: number;
  /** The same of the contacts. */
  readonly contacts?: { readonly rows: number; readonly scrolled: number };
}

export interface Draft {
  readonly text: string;
  readonly note: boolean;
}

const KEY = 'onethread-console';

export const choices = {
  read: () => read<Choices>(() => localStorage),
  write: (value: Choices) => write(() => localStorage, value),
};
export const tab = {
  read: () => read<Kept>(() => sessionStorage),
  write: (value: Kept) => write(() => sessionStorage, value),
};

/** A browser that keeps nothing may throw at the very name of its storage. */
function read<T>(storage: () => Storage): T {
  try {
    return (JSON.parse(storage().getItem(KEY) ?? '{}') ?? {}) as T;
  } catch {
    return {} as T;
  }
}

function write(storage: () => Storage, value: object): void {
  try {
    storage().setItem(KEY, JSON.stringify(value));
  } catch {
    // It is kept as long as the page is there.
  }
}

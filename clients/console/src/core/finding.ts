/** How contacts are looked for, as the search fields say it, and as the filter that the server takes. */

import type { Filter } from './directory.ts';

/** The beginning of a name, e-mail, user id, phone or company (`query`), or one exact value. */
export type By = 'query' | 'email' | 'user_id' | 'custom';
export const BYS: readonly By[] = ['query', 'email', 'user_id', 'custom'];

/** `key` is that of the custom data, and empty otherwise. */
export interface Finding {
  readonly by: By;
  readonly key: string;
  readonly text: string;
}

export const NOTHING: Finding = { by: 'query', key: '', text: '' };

const CUSTOM = 'custom.';

/** The filter for what is typed; none while it is not whole. */
export function filterOf({ by, key, text }: Finding): Filter {
  const value = text.trim();
  if (!value) return {};
  if (by !== 'custom') return { [by]: value };
  return key.trim() ? { [CUSTOM + key.trim()]: value } : {};
}

/** What is typed for a filter. */
export function findingOf(filter: Filter): Finding {
  const [name = '', text = ''] = Object.entries(filter)[0] ?? [];
  if (name.startsWith(CUSTOM)) return { by: 'custom', key: name.slice(CUSTOM.length), text };
  return BYS.includes(name as By) ? { by: name as By, key: '', text } : NOTHING;
}

export function sameFilter(one: Filter, other: Filter): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

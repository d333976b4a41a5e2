/** The user as a page's snippet gives it, in the shape of the wire (WIRE.md section 2). */

import type { ProfileFields, User } from '@onethread/client';

const FIELDS = ['name', 'email', 'phone', 'company'] as const;
const SECRETS = ['security_hash', 'user_hash'] as const;

type Scalar = string | number | boolean | null;

/** What snippets write: a number for an id, `customData`, nulls for what is not known. */
export type GivenUser = Readonly<Record<string, unknown>>;

/**
 * The user to connect as; undefined for nobody. Numbers become strings, since HelpCrunch took both; null and empty
 * fields are left out. Whatever else is wrong the server says, by its field.
 */
export function userOf(given: GivenUser | undefined): User | undefined {
  if (!given) return undefined;
  const user: Record<string, unknown> = {};
  for (const name of ['user_id', ...FIELDS, ...SECRETS]) {
    const value = given[name];
    if (value !== undefined && value !== null && value !== '')
      user[name] = typeof value === 'number' ? `${value}` : value;
  }
  const custom = customOf(given.custom_data ?? given.customData);
  if (custom) user.custom_data = custom;
  return Object.keys(user).length ? user : undefined;
}

/** The profile fields to change; null clears one, what is not given stays. */
export function profileOf(given: GivenUser): ProfileFields {
  const custom = customOf(given.custom_data ?? given.customData);
  const fields = FIELDS.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]);
  return { ...Object.fromEntries(fields), ...(custom && { custom_data: custom }) } as ProfileFields;
}

/** Flat custom data; what is no map is none. */
export function customOf(given: unknown): Readonly<Record<string, Scalar>> | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Record<string, Scalar>;
}

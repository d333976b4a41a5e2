/** What pages give to the function that they call: checked before anything is done with it, by name. */

import type { GivenUser } from './user.ts';
import type { Settings } from './widget.ts';

const SHOWN = 40;
const PROFILE = ['user_id', 'name', 'email', 'phone', 'company', 'custom_data', 'customData'] as const;

/** A text, an empty one too. */
export function textOf(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${name}: ${quoted(value)} is no text`);
  return value;
}

/** A text that is not empty. */
export function nameOf(name: string, value: unknown): string {
  if (!textOf(name, value)) throw new Error(`${name}: it is empty`);
  return value as string;
}

export function mapOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${name}: ${quoted(value)} is no map`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Texts, numbers and booleans by name, as `trackEvent` takes them. */
export function flatOf(name: string, value: unknown): Readonly<Record<string, string | number | boolean | null>> {
  const map = mapOf(name, value);
  for (const [key, held] of Object.entries(map)) {
    if (held !== null && !['string', 'number', 'boolean'].includes(typeof held)) {
      throw new Error(`${name}: ${key}: ${quoted(held)} is no text, number or boolean`);
    }
  }
  return map as Readonly<Record<string, string | number | boolean | null>>;
}

/** Somebody who logs in: whoever has neither a user_id nor a token is nobody. */
export function someone(value: unknown): GivenUser {
  const user = mapOf('user', value);
  if (!user.user_id && !user.token) throw new Error('user: it has neither user_id nor token');
  return user;
}

/** Fields to change. */
export function changes(value: unknown): GivenUser {
  const user = mapOf('user', value);
  if (!PROFILE.some((field) => user[field] !== undefined)) {
    throw new Error('user: it has none of user_id, name, email, phone, company, custom_data');
  }
  return user;
}

export function settingsOf(org: unknown, given: unknown): Settings {
  if (typeof org !== 'string' || !org) throw new Error('the organization is missing');
  const settings = mapOf('settings', given ?? {}) as Partial<Settings>;
  const { applicationId, applicationSecret, user } = settings;
  if (!(Number(applicationId) > 0 && Number.isInteger(Number(applicationId)))) {
    throw new Error(`applicationId: ${quoted(applicationId)} is no number`);
  }
  if (typeof applicationSecret !== 'string') throw new Error('applicationSecret is missing');
  if (user !== undefined && user !== null) mapOf('user', user);
  checkLooks(settings);
  return settings as Settings;
}

function checkLooks(settings: Partial<Settings>): void {
  for (const name of ['title', 'color', 'locale', 'profile'] as const) {
    if (settings[name] !== undefined) textOf(name, settings[name]);
  }
  const { device, position, token } = settings;
  if (device !== undefined) mapOf('device', device);
  if (position !== undefined && !['left', 'right'].includes(position)) {
    throw new Error(`position: ${quoted(position)} is neither "left" nor "right"`);
  }
  // A token is a secret.
  if (token !== undefined && !['string', 'function'].includes(typeof token)) {
    throw new Error('token: it is neither a text nor a function');
  }
}

/** A value as an error shows it; what is in a map may be a secret. */
export function quoted(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a map' : String(value);
}

/** Changes of a contact's profile: what a text that an agent typed means. */

import type { Scalar } from './frames.ts';

export const FIELDS = ['name', 'email', 'phone', 'company'] as const;
export type Field = (typeof FIELDS)[number];

/** Fields of a profile to set, custom data by key; null clears one. */
export type Edited = { readonly [field in Field]?: string | null } & {
  readonly custom_data?: Readonly<Record<string, Scalar>>;
};

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** The field set to the text; nothing in it clears the field. */
export function setField(field: Field, text: string): Edited {
  return { [field]: text.trim() || null };
}

/** The key set to the text, in the kind of value that it had before; nothing in it clears the key. */
export function setCustom(key: string, text: string, before?: Scalar): Edited {
  const words = text.trim();
  return { custom_data: { [key]: words ? scalarOf(words, before) : null } };
}

function scalarOf(words: string, before: Scalar | undefined): Scalar {
  if (typeof before === 'boolean' && (words === 'true' || words === 'false')) return words === 'true';
  if (typeof before !== 'number' || !NUMBER.test(words)) return words;
  const number = Number(words);
  // A number that would not come back as it was typed stays a text.
  const exact = Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number);
  return exact ? number : words;
}

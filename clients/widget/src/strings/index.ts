/**
 * Languages. To add one: a file beside `uk.ts`, and its name in `LANGUAGES`; or from a page, without a build,
 * `Onethread('setLocalization', 'fr', { write: 'Votre message…' })`: what is left out stays English.
 */

import { en, type Plural, type Strings } from './en.ts';
import { uk } from './uk.ts';

export type { Strings } from './en.ts';

const LANGUAGES: Readonly<Record<string, Strings>> = { en, uk };
const RIGHT_TO_LEFT = ['ar', 'dv', 'fa', 'he', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'];

/** A language as the views use it. */
export interface Words {
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  readonly strings: Strings;
}

/** The words of a locale such as `uk` or `en-GB`; English where there are none. */
export function wordsOf(locale: string, given: Partial<Strings> = {}): Words {
  const known = supported(locale);
  const [language = 'en'] = known.toLowerCase().split('-');
  const direction = RIGHT_TO_LEFT.includes(language) ? 'rtl' : 'ltr';
  const strings = { ...(LANGUAGES[language] ?? en), ...given };
  // Days and numbers in the language of the words around them.
  const spoken = LANGUAGES[language] || Object.keys(given).length ? known : 'en';
  return { locale: spoken, direction: spoken === known ? direction : 'ltr', strings };
}

/** The locale, if it is one. */
function supported(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replace('_', '-'))[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** Puts the values into `{…}` of a string. */
export function fill(string: string, values: Readonly<Record<string, string | number>>): string {
  return string.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The form for a number; 100 unread messages mean "or more". */
export function counted({ locale }: Words, forms: Plural, count: number): string {
  const form = forms[new Intl.PluralRules(locale).select(count)] ?? forms.other;
  return fill(form, { n: badge(count) });
}

/** How a number of unread messages is written. */
export function badge(count: number): string {
  return count >= 100 ? '99+' : String(count);
}

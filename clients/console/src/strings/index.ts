/** Languages. To add one: a folder beside `uk`, and its line in `LANGUAGES`. */

import type { Plural } from '../../../widget/src/strings/en.ts';
import { badge, fill } from '../../../widget/src/strings/index.ts';
import { en, type Strings } from './en/index.ts';
import { uk } from './uk/index.ts';

export { badge, fill };
export type { Plural, Strings };

interface Language {
  /** As its speakers call it. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  readonly strings: Strings;
}

export const LANGUAGES: Readonly<Record<string, Language>> = {
  en: { name: 'English', direction: 'ltr', strings: en },
  uk: { name: 'Українська', direction: 'ltr', strings: uk },
};

/** A language as the views use it. */
export interface Words {
  readonly language: string;
  /** For times and numbers: with the browser's region if it is the same language. */
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  readonly strings: Strings;
}

/** The words of the first of these locales that there is a language for; English if there is none. */
export function wordsOf(locales: readonly string[]): Words {
  const locale = locales.find((one) => Object.hasOwn(LANGUAGES, one.split('-')[0]!.toLowerCase())) ?? 'en';
  const language = locale.split('-')[0]!.toLowerCase();
  const { direction, strings } = LANGUAGES[language]!;
  return { language, locale, direction, strings };
}

/** The form of a plural for a number; 100 unread messages mean "or more". */
export function counted(
  { locale }: Words,
  forms: Plural,
  count: number,
  values: Readonly<Record<string, string>> = {},
): string {
  const form = forms[new Intl.PluralRules(locale).select(count)] ?? forms.other;
  return fill(form, { n: badge(count), ...values });
}

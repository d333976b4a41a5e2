/** When something was, as short as its place allows. */

import { dayOf, midnight, timeOf } from '../../../widget/src/dates.ts';

export { dayOf, timeOf };

/** In a list: the time today, the weekday in the last six days, else the date. */
export function shortOf(at: number, locale: string, now: number): string {
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days <= 0) return timeOf(at, locale);
  if (days < 7) return new Intl.DateTimeFormat(locale, { weekday: 'short' }).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const year = sameYear ? {} : ({ year: '2-digit' } as const);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...year }).format(at);
}

/** In full. */
export function fullOf(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

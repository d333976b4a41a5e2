/** When a message was: the time in it, and the day above a day's first. */

/** "14:05", as the locale writes it. */
export function timeOf(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(at);
}

/** "Today", "Yesterday", "Tuesday, 3 March", with the year if it is another one. */
export function dayOf(at: number, locale: string, now: number): string {
  const apart = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (apart === 0 || apart === 1) {
    const word = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-apart, 'day');
    return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
  }
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const);
  return new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', ...year }).format(at);
}

/** The day that a time is in, as a number of its own. */
export function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

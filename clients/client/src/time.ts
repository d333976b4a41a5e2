/** Time as the shell sees it. */

/** Monotonic milliseconds. */
export function now(): number {
  return performance.now();
}

/** What `work` answers, or a rejection if that takes longer than so many milliseconds. */
export async function within<T>(limit: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(reject, limit, new Error('it took too long'))));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

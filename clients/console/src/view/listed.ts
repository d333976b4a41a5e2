/** What a route lists, fetched when it is first looked at. */

import { useEffect, useState } from 'preact/hooks';

import { ask, type Problem } from '../http.ts';

export interface Listed<T> {
  /** Undefined before they are there. */
  readonly items: readonly T[] | undefined;
  readonly refused: Problem | undefined;
  /** Fetches them again. */
  readonly reload: () => Promise<void>;
}

/** `version`: they are fetched again when it is another one. */
export function useListed<T>(path: string, version = ''): Listed<T> {
  const [items, setItems] = useState<readonly T[]>();
  const [refused, setRefused] = useState<Problem>();
  const reload = async () => {
    try {
      setItems((await ask<{ items: readonly T[] }>('GET', path)).items);
      setRefused(undefined);
    } catch (error) {
      setRefused(error as Problem);
    }
  };
  useEffect(() => void reload(), [path, version]);
  return { items, refused, reload };
}

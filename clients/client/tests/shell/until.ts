import type { Client } from '../../src/index.ts';

/** Waits until something holds of what a client knows, looked at after each of its changes. */
export function until(client: Client, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!holds()) return;
      off();
      resolve();
    };
    const off = client.watch(look);
    look();
  });
}

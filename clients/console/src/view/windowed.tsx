/** A list of which only what is in sight is in the page: virtua's, which measures rows and keeps one's place. */

import type { ComponentChild, Ref } from 'preact';
import { VList, type VListHandle, type VListProps } from 'virtua';

export type { VListHandle as Handle };

type Props<T> = Omit<VListProps<T>, 'children' | 'ref'> & {
  readonly ref: Ref<VListHandle>;
  readonly children: (item: T, index: number) => ComponentChild;
};

// It is typed for React, whose place Preact takes (vite.config.ts).
export const Windowed = VList as unknown as <T>(props: Props<T>) => ComponentChild & object;

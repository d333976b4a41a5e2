/** Whether a list stays at its end as it grows: decided from where it is scrolled, at each change of it. */

/** A scrolled box, in pixels: how far down it is, how high its content is, and how much of that is seen. */
export interface Box {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

/** `atEnd`: it stays there. `top`: how far down it was when that was decided. */
export interface Following {
  readonly atEnd: boolean;
  readonly top: number;
}

export const AT_END: Following = { atEnd: true, top: 0 };

// Closer than this to the end is at the end.
const NEAR = 60;
// What a browser rounds.
const ROUNDED = 1;

/**
 * What holds now. A list that was at its end and has grown since is not at its end for a moment; only one that was
 * moved up was moved by a person, who is left there.
 */
export function followed(before: Following, { scrollTop, scrollHeight, clientHeight }: Box): Following {
  const near = scrollHeight - scrollTop - clientHeight < NEAR;
  const unmoved = before.atEnd && scrollTop >= before.top - ROUNDED;
  return { atEnd: near || unmoved, top: scrollTop };
}

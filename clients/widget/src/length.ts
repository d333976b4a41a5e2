/** How long a text may be (WIRE.md section 2), in Unicode's characters. */

export const LONGEST = 10_000;

/** How many characters a text has, if those are too many. What is pasted is never cut: its writer sees what does not fit. */
export function tooMany(text: string): number | undefined {
  if (text.length <= LONGEST) return undefined;
  const { length } = [...text];
  return length > LONGEST ? length : undefined;
}

/** A person as a round picture: initials on a colour that is theirs wherever they are shown. */

interface Props {
  readonly id: string;
  readonly name: string;
  readonly size?: 'small' | 'large';
  /** A green dot; undefined: it is not said. */
  readonly online?: boolean | undefined;
}

export function Avatar({ id, name, size, online }: Props) {
  return (
    <span
      class="avatar"
      data-initials={initialsOf(name)}
      data-size={size}
      data-online={online}
      style={{ '--hue': hueOf(id) }}
      aria-hidden="true"
    />
  );
}

/** "DR" for "Dana Reyes"; a name that the server made up has its first word's letter. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/\(.*\)/, '')
    .split(/\s+/)
    .filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  return letters.join('').toLocaleUpperCase();
}

/** A hue from 0 to 359 for an id, always the same. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const letter of id.slice(-12)) hash = (hash * 31 + letter.codePointAt(0)!) >>> 0;
  return hash % 360;
}

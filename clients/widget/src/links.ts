/** What in a text can be clicked. The text itself is only ever shown as text. */

/** A piece of a text; `href` if it is a link. */
export interface Piece {
  readonly text: string;
  readonly href?: string;
}

// No link begins inside a word, and none holds what ends a sentence, a bracket around it, or characters that are not seen
// or turn the rest around.
const LINK =
  /\b(?:https?:\/\/|www\.)[^\s<>"'`\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;
const AFTER = /[.,;:!?…'"»”’)\]}]+$/;

/** The pieces of a text, in order; together they are the text. Only http, https and mailto are ever made. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const { 0: match, index } of text.matchAll(LINK)) {
    const link = trimmed(match);
    const href = target(link);
    if (!href) continue;
    if (index > at) found.push({ text: text.slice(at, index) });
    found.push({ text: link, href });
    at = index + link.length;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}

/** Without what belongs to the sentence; a closing bracket stays with one that opens in the link. */
function trimmed(match: string): string {
  const link = match.replace(AFTER, '');
  return match[link.length] === ')' && link.includes('(') && !link.includes(')') ? `${link})` : link;
}

/** Where it leads; nowhere if it is no address, or has a name before the host that could be taken for it. */
function target(link: string): string | undefined {
  if (!/^(https?:\/\/|www\.)/i.test(link)) return link && `mailto:${link}`;
  const href = /^www\./i.test(link) ? `https://${link}` : link;
  return URL.canParse(href) && !new URL(href).username ? href : undefined;
}

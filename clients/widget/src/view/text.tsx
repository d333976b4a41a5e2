/** Text as text, and links that are links; nothing in it is ever read as HTML. It runs its own way. */

import { pieces } from '../links.ts';

export function Text({ text }: { text: string }) {
  return (
    <span dir="auto">
      {pieces(text).map(({ text, href }) =>
        href ? (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {text}
          </a>
        ) : (
          text
        ),
      )}
    </span>
  );
}

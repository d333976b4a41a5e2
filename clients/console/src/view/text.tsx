/** Text as text, and links that are links; nothing in it is ever read as HTML. */

import { pieces } from '../../../widget/src/links.ts';

export function Text({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map(({ text, href }) =>
        href ? (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {text}
          </a>
        ) : (
          text
        ),
      )}
    </>
  );
}

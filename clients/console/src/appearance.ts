/** The page in the language and colours that were chosen. */

import type { Choices } from './memory.ts';
import { wordsOf, type Words } from './strings/index.ts';

/** Shows the page in them; the answer is its words. */
export function appear({ language, theme }: Choices): Words {
  const words = wordsOf([...(language ? [language] : []), ...navigator.languages]);
  const { documentElement: page } = document;
  page.lang = words.language;
  page.dir = words.direction;
  if (theme) page.dataset.theme = theme;
  else delete page.dataset.theme;
  return words;
}

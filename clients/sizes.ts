/** Says how much of a page's time each built file takes, and fails the build of one that has grown too heavy. */

import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

/** `limits`: the most bytes, gzipped, of each built file by its name. */
export function sizes(limits: Readonly<Record<string, number>>): Plugin {
  return {
    name: 'sizes',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const [name, limit] of Object.entries(limits)) {
        const file = bundle[name];
        if (!file) throw new Error(`${name} was not built`);
        const size = gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length;
        const said = `${name}: ${size} bytes gzipped, of at most ${limit}`;
        if (size > limit) this.error(said);
        console.log(said);
      }
    },
  };
}

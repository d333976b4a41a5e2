import { defineConfig } from 'vite';

import { sizes } from '../sizes.ts';

export default defineConfig({
  // 15 kB with both codecs and IndexedDB: a page that is not the widget should hardly feel it.
  plugins: [sizes({ 'onethread-client.js': 15_000 })],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: { 'onethread-client': 'src/index.ts' },
      // Vite leaves the modules of libraries unminified; this one is weighed as a page gets it.
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js', format: 'es' },
    },
  },
});

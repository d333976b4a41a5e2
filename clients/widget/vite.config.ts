import { defineConfig } from 'vite';

import { sizes } from '../sizes.ts';

export default defineConfig({
  plugins: [sizes({ 'widget.js': 40_000 })],
  resolve: { conditions: ['source', 'module', 'browser'] },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    // The server carries what is here.
    outDir: '../../server/onethread/built',
    emptyOutDir: false,
    target: 'es2022',
    cssMinify: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: { widget: 'src/main.tsx' },
      output: { entryFileNames: '[name].js', format: 'iife' },
    },
  },
});

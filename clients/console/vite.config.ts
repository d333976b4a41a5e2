import { defineConfig } from 'vite';

import { sizes } from '../sizes.ts';

export default defineConfig({
  base: '/console/',
  plugins: [sizes({ 'assets/console.js': 70_000 })],
  // The windowed list is written for React, which Preact stands in for.
  resolve: {
    alias: { 'react-dom': 'preact/compat', 'react/jsx-runtime': 'preact/jsx-runtime', react: 'preact/compat' },
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    // The server carries what is here.
    outDir: '../../server/onethread/built/console',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // A file of its own each: the page's policy allows no data: addresses.
    assetsInlineLimit: 0,
    rollupOptions: {
      // Of virtua: marks for other bundlers, which this one drops.
      onwarn: (warning, warn) =>
        ['MODULE_LEVEL_DIRECTIVE', 'INVALID_ANNOTATION'].includes(warning.code!) || warn(warning),
      output: { entryFileNames: 'assets/console.js', assetFileNames: 'assets/console[extname]' },
    },
  },
});

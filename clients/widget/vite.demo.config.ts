import { defineConfig } from 'vite';

export default defineConfig({
  root: 'demo',
  base: '/demo/',
  build: {
    outDir: '../../../server/onethread/built/demo',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // A file of its own each: the page's policy allows no data: addresses.
    assetsInlineLimit: 0,
  },
});

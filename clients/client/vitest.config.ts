import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    sequence: { shuffle: true },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    unstubGlobals: true,
    restoreMocks: true,
    // Two cores: more workers only wait for each other.
    maxWorkers: 2,
  },
});

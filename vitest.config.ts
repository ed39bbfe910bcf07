import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    setupFiles: 'test/environment.ts',
    // Many tests wait for processes, so two run at once on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A failed comparison of all weights is told in a second; its whole difference would take longer than the other tests.
    diff: { truncateThreshold: 200 },
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // Tests start real processes and native threads: more workers than cores only slows them down.
    maxWorkers: 2,
    pool: 'forks',
  },
});

/**
 * All tests, in three projects: `unit` beside the code, `flows` through the whole server, `browser` in Chromium. One PostgreSQL
 * serves a run; nothing is retried, and a run that finds no test fails.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/harness/global-setup.ts'],
    reporters: ['default', './test/harness/count-reporter.ts'],
    retry: 0,
    passWithNoTests: false,
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{src,simulator,scripts,cli,bench}/**/*.test.ts',
            'test/harness/**/*.test.ts',
            'web/**/*.test.{ts,tsx}',
          ],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'flows',
          include: ['test/{flows,isolation,faults,data}/**/*.test.ts'],
          setupFiles: ['test/harness/watch-for-secrets.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          setupFiles: ['test/harness/watch-for-secrets.ts'],
          testTimeout: 120_000,
          // The first hook may have to install the browser.
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

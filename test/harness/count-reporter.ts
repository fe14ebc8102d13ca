/**
 * Prints the outcome of a test run as the very last line, alone: `12 passed, 0 failed`, with `, 3 skipped` when any were. What
 * broke outside of a test counts as failed: a file that does not load, a hook, an error that nobody caught.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import type { Reporter, TestModule, TestRunEndReason, SerializedError } from 'vitest/node';

type Counts = { passed: number; failed: number; skipped: number };

export default class CountReporter implements Reporter {
  /** Waits for the process's end: reporters and teardowns that come later print above the line. */
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const counts = countTests(modules);
    counts.failed += unhandled.length;
    // A run that ended before its first test, or found none, has not passed either.
    if (reason !== 'passed' && counts.failed === 0) counts.failed = 1;
    const line = describeCounts(counts);
    process.once('exit', () => {
      if (process.exitCode === undefined && (reason !== 'passed' || counts.failed > 0)) process.exitCode = 1;
      writeSync(1, `\n${line}\n`);
    });
  }
}

/** The line: `N passed, N failed`, and what was skipped when anything was. */
export function describeCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function countTests(modules: readonly TestModule[]): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test that never ended has not passed.
      counts[state === 'pending' ? 'failed' : state] += 1;
    }
  }
  return counts;
}

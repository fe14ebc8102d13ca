/** Prints why a command failed: what an operator can act on as its message alone, a bug with its stack. */
import process from 'node:process';
import { EmbeddedDatabaseError } from '../src/platform/db/embedded/embedded-database-error.ts';
import { AppError } from '../src/platform/errors.ts';

/** Prints the failure on standard error and sets the exit code to 1. */
export function reportFailure(error: unknown): void {
  process.exitCode = 1;
  const isExpected =
    error instanceof AppError || error instanceof EmbeddedDatabaseError || isConfigError(error);
  if (isExpected) console.error(error.message);
  else console.error(error);
}

function isConfigError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ConfigError';
}

/**
 * What errors of PostgreSQL and of its connections mean for a caller. Recognised by their code alone, so that this
 * needs no driver. Anything not listed is a bug and stays one.
 */
import { AppError } from '../errors.ts';

/** Values that passed the schema and that PostgreSQL cannot hold: the schema is too wide, the caller still at fault. */
const BAD_VALUE = new Set(['22P02', '22P05', '22003', '22021', '22007', '22008']);
/** Conflicts and waits that a second try may well survive: serialization, deadlock, lock and statement timeouts. */
const TRY_AGAIN = new Set(['40001', '40P01', '55P03', '57014']);
/** Connection exceptions (08), too few resources (53), and the server going away or coming up (57P01 to 57P03). */
const UNAVAILABLE = /^(08...|53...|57P0[123])$/;
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOENT',
]);
/** `pg` has no codes for its own timeouts. */
const DRIVER_MESSAGE =
  /^(Query read timeout|timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|The client was closed)/;

/** The fault that a database error stands for, or null when it is none of the caller's business. */
export function databaseFault(error: unknown): AppError | null {
  if (!(error instanceof Error)) return null;
  const code = codeOf(error);
  if (BAD_VALUE.has(code)) {
    const remedy =
      'A value in the request cannot be stored: out of range, in the wrong form, or with unusable characters.';
    return new AppError('platform.invalid_value', 400, `${remedy} Correct it and send again.`);
  }
  if (TRY_AGAIN.has(code)) {
    const remedy = 'The server was too busy to finish this. Nothing was changed; try again in a moment.';
    return new AppError('platform.busy', 503, remedy, { retry_after: 1 });
  }
  if (UNAVAILABLE.test(code) || isNetworkFault(error, code) || DRIVER_MESSAGE.test(error.message)) {
    const remedy = 'The database cannot be reached. Try again in a few seconds.';
    return new AppError('platform.unavailable', 503, remedy, { retry_after: 5 });
  }
  return null;
}

/** A file that is missing says ENOENT too: only a failed connection counts. A name with two addresses fails twice. */
function isNetworkFault(error: Error, code: string): boolean {
  if (error instanceof AggregateError)
    return error.errors.some((one) => one instanceof Error && isNetworkFault(one, codeOf(one)));
  return (
    NETWORK.has(code) && 'syscall' in error && /^(connect|read|write|getaddrinfo)/.test(String(error.syscall))
  );
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

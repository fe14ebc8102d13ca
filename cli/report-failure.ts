/** Prints why a command failed: what an operator can act on as its message alone, a bug with its stack. */
import process from 'node:process';

/** Errors whose message says what to do. */
const EXPECTED = new Set([
  'AppError',
  'ConfigError',
  'EmbeddedDatabaseError',
  'MigrationError',
  'PrivilegedRoleError',
]);

/** What the system's own errors mean to whoever starts the program. */
const MEANINGS: Record<string, string> = {
  EADDRINUSE: 'The address is in use by another program: stop it, or set PORT to another port.',
  EACCES: 'The system does not allow it: use a PORT above 1023, and a DATA_DIR that you may write to.',
  ECONNREFUSED: 'Nothing answers at DATABASE_URL: start that PostgreSQL, or correct the address.',
  ENOTFOUND: 'The host of DATABASE_URL is not known: correct the address.',
  '28P01': 'PostgreSQL refuses the user or password of DATABASE_URL: correct them.',
  '28000': 'PostgreSQL refuses the user of DATABASE_URL: correct it, or let it in by pg_hba.conf.',
  '3D000': 'The database named in DATABASE_URL does not exist: create it, or correct the name.',
  '42501':
    'The role of DATABASE_URL may not do this: it needs CREATEROLE and CREATE on the database, or let an administrator run "npx switchboard migrate" once.',
};

/** Prints the failure on standard error and sets the exit code to 1. */
export function reportFailure(error: unknown): void {
  process.exitCode = 1;
  if (!(error instanceof Error)) {
    console.error(error);
    return;
  }
  const meaning = MEANINGS['code' in error ? String(error.code) : ''];
  if (meaning !== undefined)
    console.error(`${meaning} (${error.message || String('code' in error && error.code)})`);
  else if (EXPECTED.has(error.name)) console.error(error.message);
  else console.error(error);
}

/** Makes DATA_DIR and refuses, before anything is touched, one that this user cannot work in. */
import { constants, accessSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';

/**
 * The real path of a data directory that this user may read and write; made with mode 0700 when it is missing.
 * @throws EmbeddedDatabaseError `not_accessible`, with the commands that help
 */
export function openDataDirectory(dataDir: string): string {
  const wanted = resolve(dataDir);
  try {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    accessSync(wanted, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notAccessible(wanted, error);
  }
  return realpathSync(wanted);
}

/** The refusal of a directory that belongs to somebody else. */
export function notAccessible(path: string, cause: unknown): EmbeddedDatabaseError {
  const me = process.platform === 'win32' ? 'this user' : `"${userInfoName()}"`;
  const owner = statSync(path, { throwIfNoEntry: false })?.uid;
  const belongs = owner === undefined ? '' : ` It belongs to ${owner === 0 ? 'root' : `user id ${owner}`}.`;
  const advice =
    owner === 0
      ? 'It was probably made by an earlier start as root: start Switchboard as root again, or set DATA_DIR to another directory.'
      : 'Start Switchboard as the user it belongs to, or set DATA_DIR to another directory.';
  return new EmbeddedDatabaseError(
    'not_accessible',
    `User ${me} cannot read and write ${path}.${belongs} ${advice}`,
    cause,
  );
}

function userInfoName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

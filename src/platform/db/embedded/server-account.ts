/**
 * Which system account the database server runs as. PostgreSQL refuses to run as root, so root hands it to another
 * account; everybody else runs it as themselves.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import process from 'node:process';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';

/** An account to start programs as. */
export type ServerAccount = { name: string; uid: number; gid: number };

/** How a program is started as the account: nothing to set when it is our own. */
export type SpawnAs = { uid?: number; gid?: number };

/**
 * The account for a server.
 * @param existing a directory that belongs to an earlier server of this installation, whose account is then kept
 * @returns null when the server runs as the user who started us
 * @throws EmbeddedDatabaseError when root finds no account to hand the server to
 */
export function chooseServerAccount(existing: string | null): ServerAccount | null {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return null;
  const owner = existing === null ? undefined : statSync(existing, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const account = lookUp('postgres') ?? lookUp('nobody');
  if (account) return account;
  throw new EmbeddedDatabaseError(
    'account_missing',
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody" to run it as. ' +
      'Start Switchboard as an ordinary user, create a user "postgres", or set DATABASE_URL.',
  );
}

/** The options of `spawn` for an account. */
export function spawnAs(account: ServerAccount | null): SpawnAs {
  return account ? { uid: account.uid, gid: account.gid } : {};
}

/** Whether the account can enter a directory: asked of the system itself, so that mounts and access lists count too. */
export function canEnter(account: ServerAccount | null, directory: string): boolean {
  if (!account) return true;
  const shell = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], {
    ...spawnAs(account),
    cwd: '/',
    env: {},
  });
  return shell.status === 0;
}

function lookUp(name: string): ServerAccount | null {
  const uid = numberFrom(['-u', name]);
  const gid = numberFrom(['-g', name]);
  return uid === null || gid === null || uid === 0 ? null : { name, uid, gid };
}

function numberFrom(args: string[]): number | null {
  const id = spawnSync('id', args, { encoding: 'utf8' });
  const text = id.status === 0 ? id.stdout.trim() : '';
  return /^-?\d+$/.test(text) ? Number(text) : null;
}

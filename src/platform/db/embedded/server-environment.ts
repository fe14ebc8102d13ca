/**
 * The environment of the database's programs: a short list of what they need. `PG*` variables of the operator's shell
 * would redirect them, and our own secrets must not be readable in another account's process.
 */
import process from 'node:process';

const KEPT = [
  'PATH',
  'SystemRoot',
  'SystemDrive',
  'windir',
  'TEMP',
  'TMP',
  'ComSpec',
  'PATHEXT',
  'USERPROFILE',
];

/** Variables for initdb, pg_ctl and postgres: plain messages in English, times in UTC. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = KEPT.flatMap((name) => {
    // eslint-disable-next-line no-restricted-properties -- no configuration: what every child program inherits
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

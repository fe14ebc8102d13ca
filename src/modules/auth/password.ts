/**
 * Password hashes: Argon2id (OWASP: at least 19 MiB, two passes). Hashing costs memory and a core, so a core is left to everything
 * else, and a flood of sign-ins is turned away instead of taking the machine from the webhooks.
 */
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { NoTurnLeft, Turns } from '../../platform/turns.ts';
import { signInBusy } from './errors.ts';

const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const turns = new Turns({ atOnce: Math.max(1, availableParallelism() - 1), mostWaiting: 40 });

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  return turns.take(work).catch((error: unknown) => {
    throw error instanceof NoTurnLeft ? signInBusy() : error;
  });
}

/** Throws `auth.busy` (429) when a password could not be looked at now, before anything else is done for it. */
export function refuseWhenBusy(): void {
  if (turns.isFull) throw signInBusy();
}

/** A hash to store. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password.normalize('NFKC'), PARAMETERS));
}

let decoy: Promise<string> | undefined;

/**
 * Whether the password is the one behind the hash. With no hash (nobody by that email) it takes as long and says no, so
 * that the answer's time does not tell who has an account.
 */
export async function isPassword(password: string, storedHash: string | null): Promise<boolean> {
  decoy ??= hash('nobody has this password', PARAMETERS);
  const instead = await decoy;
  const matches = await inTurn(() => verify(storedHash ?? instead, password.normalize('NFKC')));
  return storedHash !== null && matches;
}

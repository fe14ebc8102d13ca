/**
 * Password hashes: Argon2id (OWASP: at least 19 MiB, two passes). Hashing costs memory and a core, so only a few run at once and
 * a flood of sign-ins is turned away instead of taking the machine from the webhooks.
 */
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '../../platform/errors.ts';

const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const AT_ONCE = 2;
const MOST_WAITING = 50;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING)
      throw new AppError(
        'auth.busy',
        429,
        'Too many people are signing in at this moment. Try again in a few seconds.',
      );
    await new Promise<void>((resume) => waiting.push(resume));
  }
  running++;
  try {
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
  }
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
  decoy ??= hashPassword('nobody has this password');
  const against = storedHash ?? (await decoy);
  const matches = await inTurn(() => verify(against, password.normalize('NFKC')));
  return storedHash !== null && matches;
}

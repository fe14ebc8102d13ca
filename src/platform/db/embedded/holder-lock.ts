/**
 * One program holds a data directory at a time. The lock is the file with the highest number in `DATA_DIR/holder`; taking
 * it is creating the next number, which the file system lets exactly one process do. The highest number never
 * goes down (a release marks the file, it does not delete it), so a process that judged an old lock to be stale and was then
 * delayed cannot slip in behind somebody newer: after creating its file it looks again for a higher one.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import { giveToOwnerOf } from './give-to-owner.ts';
import { identifyProcess } from './process-identity.ts';

/** Who holds the directory. */
export type Holder = {
  pid: number;
  /** The process's start as `identifyProcess` tells it: a reused id has another one. */
  processStartedAt: string;
  /** What it runs as, for people: `switchboard start`. */
  role: string;
  /** ISO 8601. */
  since: string;
  /** Where it listens, once it does. */
  address: string | null;
  /** Whether it is giving the directory back at this moment. */
  stopping?: boolean;
};

/** A lock that this process holds until `release`. */
export type HolderLock = {
  /** Writes down where the program can be reached, for the message that a second start shows. */
  announce: (address: string) => void;
  /** Writes down that the lock will be given back in a moment: who starts now waits instead of giving up. */
  announceStop: () => void;
  /** Gives the lock back. Does nothing the second time. */
  release: () => void;
};

type LockFile = Partial<Holder> & { released?: boolean };

/** A lock file is written in one go right after it is created; one that is still empty after this was left by a crash. */
const WRITING_TAKES_AT_MOST_MS = 2_000;

/**
 * Takes the lock of a data directory, also from a holder that no longer runs.
 * @returns the lock, or the holder who has it
 */
export function tryToHold(dataDir: string, role: string): HolderLock | Holder {
  const directory = join(dataDir, 'holder');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  giveToOwnerOf(dataDir, directory);
  for (;;) {
    const highest = highestNumber(directory);
    const holder = highest === 0 ? null : liveHolder(join(directory, fileName(highest)));
    if (holder) return holder;
    const mine = highest + 1;
    const content = describeThisProcess(role);
    if (!createExclusively(join(directory, fileName(mine)), content)) continue;
    if (highestNumber(directory) > mine) {
      rmSync(join(directory, fileName(mine)), { force: true });
      continue;
    }
    removeLower(directory, mine);
    return heldLock(join(directory, fileName(mine)), content);
  }
}

/** Who holds the directory now, or null. */
export function findHolder(dataDir: string): Holder | null {
  const directory = join(dataDir, 'holder');
  const highest = highestNumber(directory);
  return highest === 0 ? null : liveHolder(join(directory, fileName(highest)));
}

/** Whether `tryToHold` got the lock. */
export function isLock(result: HolderLock | Holder): result is HolderLock {
  return 'release' in result;
}

/** The refusal that a second start ends with. */
export function heldByAnother(dataDir: string, holder: Holder): EmbeddedDatabaseError {
  const where = holder.address ? `, serving at ${holder.address}` : '';
  return new EmbeddedDatabaseError(
    'held',
    `${dataDir} is in use by process ${holder.pid} (${holder.role}) since ${holder.since}${where}. ` +
      'Stop that process first, or set DATA_DIR to another directory for a second installation.',
  );
}

function heldLock(path: string, content: Holder): HolderLock {
  let released = false;
  let current = content;
  const write = (change: Partial<Holder>): void => {
    current = { ...current, ...change };
    // The directory may have been deleted while the program ran: then nobody can ask.
    if (!released && existsSync(path)) replaceFile(path, current);
  };
  return {
    announce: (address) => write({ address }),
    announceStop: () => write({ stopping: true }),
    release: () => {
      if (released) return;
      released = true;
      if (existsSync(path)) replaceFile(path, { released: true });
    },
  };
}

function describeThisProcess(role: string): Holder {
  const self = identifyProcess(process.pid);
  const processStartedAt = typeof self === 'string' ? 'unknown' : self.startedAt;
  return { pid: process.pid, processStartedAt, role, since: new Date().toISOString(), address: null };
}

function liveHolder(path: string): Holder | null {
  const content = readWhenWritten(path);
  if (!content || content.released || !content.pid || content.processStartedAt === undefined) return null;
  const identity = identifyProcess(content.pid);
  if (identity === 'gone') return null;
  if (identity !== 'hidden' && identity.startedAt !== content.processStartedAt) return null;
  return content as Holder;
}

/** Waits for a writer that was caught between creating the file and filling it. */
function readWhenWritten(path: string): LockFile | null {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return null;
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as LockFile;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      if (!(error instanceof SyntaxError)) throw error;
      if (Math.abs(Date.now() - stat.mtimeMs) > WRITING_TAKES_AT_MOST_MS) return null;
      Atomics.wait(pause, 0, 0, 20);
    }
  }
}

function createExclusively(path: string, content: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(content), { flag: 'wx', mode: 0o600 });
    giveToOwnerOf(dirname(path), path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function replaceFile(path: string, content: LockFile): void {
  writeFileSync(`${path}.new`, JSON.stringify(content), { mode: 0o600 });
  giveToOwnerOf(dirname(path), `${path}.new`);
  renameSync(`${path}.new`, path);
}

function highestNumber(directory: string): number {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  return names.reduce((highest, name) => Math.max(highest, numberOf(name)), 0);
}

function removeLower(directory: string, mine: number): void {
  for (const name of readdirSync(directory)) {
    const number = numberOf(name.replace(/\.new$/, ''));
    if (number > 0 && number < mine) rmSync(join(directory, name), { force: true });
  }
}

const fileName = (number: number): string => `${number}.json`;
const numberOf = (name: string): number => Number(/^(\d+)\.json$/.exec(name)?.[1] ?? 0);

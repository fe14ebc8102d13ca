/**
 * The bytes of files on disk: under random names in two levels of folders, readable by this account only. What must stay true: a
 * name is there only when its bytes are whole and have reached the disk, and no name ever comes from outside.
 */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';

const NAME = /^[0-9a-f]{32}$/;
const UNFINISHED = '.part';
const THUMBNAIL = '.thumbnail';

/** A file that is being written; `keep` gives it its name, `discard` leaves nothing. */
export type UnfinishedFile = {
  name: string;
  path: string;
  to: Writable;
  keep(): Promise<void>;
  discard(): Promise<void>;
};

/** The folder of the files, one in each process. */
export class MediaFiles {
  readonly #folder: string;

  /** @param dataDir the media lie in `media` below it */
  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'media');
  }

  /** Where a stored file lies. Throws on what was never one of our names. */
  pathOf(name: string): string {
    if (!NAME.test(name)) throw new Error('This is not the name of a stored file.');
    return join(this.#folder, name.slice(0, 2), name.slice(2, 4), name);
  }

  thumbnailPathOf(name: string): string {
    return this.pathOf(name) + THUMBNAIL;
  }

  /** Throws the file system's error when the disk is full or not writable. */
  async begin(): Promise<UnfinishedFile> {
    const name = randomBytes(16).toString('hex');
    const path = this.pathOf(name);
    const unfinished = path + UNFINISHED;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const to = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true });
    return {
      name,
      path: unfinished,
      to,
      keep: async () => {
        await rename(unfinished, path);
        await syncFolder(dirname(path));
      },
      discard: () => rm(unfinished, { force: true }),
    };
  }

  async writeThumbnail(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.thumbnailPathOf(name);
    await writeFile(path + UNFINISHED, bytes, { mode: 0o600 });
    await rename(path + UNFINISHED, path);
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
    await rm(this.thumbnailPathOf(name), { force: true });
  }

  /** Every file that was last changed so long ago, with the name it belongs to. */
  async *olderThan(milliseconds: number): AsyncGenerator<{ path: string; name: string }> {
    const before = Date.now() - milliseconds;
    const folder = await opendir(this.#folder, { recursive: true }).catch(nullIfMissing);
    if (!folder) return;
    for await (const entry of folder) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const found = await stat(path).catch(nullIfMissing);
      if (found && found.mtimeMs < before) yield { path, name: entry.name.split('.', 1)[0] ?? '' };
    }
  }
}

/** Nothing was stored yet, or somebody else has removed it; any other fault is one. */
function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

/** A new name has reached the disk only when its folder has. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

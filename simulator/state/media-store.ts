/**
 * The bytes of media: in memory, or in a folder beside the state file. The ids are our own digits, so a name can never
 * leave the folder; it is checked all the same.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type MediaStore = {
  put(id: string, bytes: Buffer): Promise<void>;
  get(id: string): Promise<Buffer | null>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
};

export function mediaStore(folder: string | null): MediaStore {
  return folder === null ? inMemory() : onDisk(folder);
}

function inMemory(): MediaStore {
  const items = new Map<string, Buffer>();
  return {
    async put(id, bytes) {
      items.set(id, bytes);
    },
    async get(id) {
      return items.get(id) ?? null;
    },
    async remove(id) {
      items.delete(id);
    },
    async clear() {
      items.clear();
    },
  };
}

function onDisk(folder: string): MediaStore {
  const fileOf = (id: string) => {
    if (!/^\d+$/.test(id)) throw new Error(`not a media id: ${id}`);
    return join(folder, id);
  };
  return {
    async put(id, bytes) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(fileOf(id), bytes, { mode: 0o600 });
    },
    async get(id) {
      return readFile(fileOf(id)).catch(() => null);
    },
    async remove(id) {
      await rm(fileOf(id), { force: true });
    },
    async clear() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

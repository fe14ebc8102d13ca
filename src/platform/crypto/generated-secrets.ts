/**
 * Secrets that an install makes for itself when the operator gives none. They live in the data directory, readable by
 * its owner alone. A file appears whole or not at all, and whoever starts second takes what the first one made.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

/**
 * The named secret, made on first use.
 * @param dataDir absolute; made with mode 0700 when missing
 * @param name file name without a path, e.g. `encryption-key`
 * @param bytes length of the secret
 */
export async function loadOrGenerate(dataDir: string, name: string, bytes: number): Promise<Buffer> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`${name} is not a name for a generated secret.`);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, ((await stat(dataDir)).mode & widestMode()) | 0o700);
  const path = join(dataDir, name);
  const kept = (await readIfPresent(path)) ?? (await generate(path, bytes));
  const secret = Buffer.from(kept.trim(), 'base64');
  if (secret.length !== bytes) {
    throw new Error(
      `${path} does not hold ${String(bytes)} bytes in base64. Restore it from a backup of the data directory.`,
    );
  }
  return secret;
}

/** As root, the embedded database's account may have been let through the directory (not into it): that stays. */
function widestMode(): number {
  return process.getuid?.() === 0 ? 0o710 : 0o700;
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return null;
    throw error;
  }
}

/** `link` fails when the name is taken: of two processes that start at once, exactly one makes the secret. */
async function generate(path: string, bytes: number): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(bytes).toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if (!isFileError(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, 'utf8');
}

function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

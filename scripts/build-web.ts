/**
 * Builds the browser app into dist/web when it is missing or its sources are others than those it was built from. A build
 * is made beside the old one and swapped in when it is whole.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AppError } from '../src/platform/errors.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist', 'web');

/** What a build depends on; tests are no part of it. */
const SOURCES = ['web/**/*', 'src/**/contract*.ts', 'package-lock.json'];

/**
 * Builds if needed.
 * @param announce is called with one line of text before a build, which takes some seconds
 * @returns whether it built
 * @throws AppError that says why it could not be built, with Vite's own words when those tell
 */
export async function ensureWebBuilt(announce: (line: string) => void): Promise<boolean> {
  const sources = hashOfSources();
  const stampFile = join(built, '.built-from');
  if (readStamp(stampFile) === sources) return false;
  announce('Building the browser app ...');
  const fresh = `${built}.${process.pid}.new`;
  makeDirectory(fresh);
  try {
    await runVite(fresh);
    writeFileSync(join(fresh, '.built-from'), sources);
    swapIn(fresh, () => readStamp(stampFile) === sources);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return true;
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw notBuilt(
      `it cannot be written: run "node scripts/build-web.ts" as the user it belongs to. (${String(error)})`,
    );
  }
}

function notBuilt(why: string): AppError {
  return new AppError(
    'web.not_built',
    500,
    `The browser app in ${built} is missing or out of date, and ${why}`,
  );
}

/** Two programs may have built the same at the same moment: the second finds the place taken, by what it wanted itself. */
function swapIn(fresh: string, isThere: () => boolean): void {
  rmSync(built, { recursive: true, force: true });
  try {
    renameSync(fresh, built);
  } catch (error) {
    if (!isThere()) throw error;
  }
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  const isTest = (path: string): boolean => /\.test\.tsx?$|(^|[\\/])node_modules([\\/]|$)/.test(path);
  const entries = globSync(SOURCES, {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => isTest(entry.name),
  });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.toSorted())
    hash
      .update(`${path.slice(root.length)}\0`)
      .update(readFileSync(path))
      .update('\0');
  return hash.digest('hex');
}

function readStamp(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** In a process of its own: the bundler's memory goes back to the system, and its output is always the production one. */
async function runVite(outDir: string): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [
    'build',
    '--config',
    join(root, 'web', 'vite.config.ts'),
    '--outDir',
    outDir,
    '--logLevel',
    'warn',
  ];
  const child = spawn(process.execPath, [vite, ...args, '--emptyOutDir'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw notBuilt(`Vite could not build it:\n${output}${errors}`);
}

if (import.meta.main) await ensureWebBuilt((line) => process.stdout.write(`${line}\n`));

/**
 * Installs the packages that package-lock.json lists when they are not there, as on a fresh clone or after a pull, and says
 * nothing when all is well. It runs before anything is installed, so: plain JavaScript, no packages, Node 20 and up.
 * Everything else runs on Node 24, which is one of the packages; without it the program ends here, with the reason.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.switchboard-installed');
const NEEDED_MAJOR = 24;

/**
 * Makes sure that the packages are there.
 * @param {{ withDev: boolean }} options whether what only tests and checks need must be there too
 * @returns {number} 0, or the exit code to end with; the reason has been printed
 */
export function installMissing({ withDev }) {
  const stamp = `${hashOfLock()} ${withDev ? 'all' : 'serving'}\n`;
  const stampedAs = readOr(stampFile, '');
  if (stampedAs !== stamp && stampedAs !== stamp.replace('serving', 'all')) {
    if (!everythingIsInstalled(withDev)) {
      const code = install();
      if (code !== 0) return code;
    }
    const failure = tryNode();
    if (failure !== null) return complainAboutNode(failure);
    writeStamp(stamp);
  }
  return nodeForTheProgram() === null ? complainAboutNode('it is not installed') : 0;
}

/**
 * The Node that runs the program: the package's, or this one when it is new enough.
 * @returns {string | null}
 */
export function nodeForTheProgram() {
  const packaged = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(packaged)) return packaged;
  return Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR ? process.execPath : null;
}

function hashOfLock() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/**
 * Compares with npm's own record of what it installed, so that an `npm ci` by hand is good enough.
 * @param {boolean} withDev
 */
function everythingIsInstalled(withDev) {
  const installed = readLock(join(modules, '.package-lock.json'));
  const wanted = readLock(join(root, 'package-lock.json'));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, { version, integrity, dev, optional, devOptional }]) => {
    if (path === '' || optional || devOptional || (dev && !withDev)) return true;
    const there = installed[path];
    return there?.version === version && there?.integrity === integrity && existsSync(join(root, path));
  });
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, integrity?: string, dev?: boolean, optional?: boolean, devOptional?: boolean }> | null}
 */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

function install() {
  const started = Date.now();
  process.stderr.write('Installing the packages that are missing (once; about a minute) ...\n');
  // Warnings here are about the machine's own Node, which runs nothing but this.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const result =
    npm && /\.[cm]?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (result.status === 0) {
    process.stderr.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s.\n`);
    return 0;
  }
  const why = result.error ? ` (${result.error.message})` : '';
  process.stderr.write(
    `\nThe packages could not be installed${why}: npm's own words are above. This step needs the npm registry once: ` +
      'check the network or the proxy settings of npm, then run the same command again.\n',
  );
  return result.status || 1;
}

/** Starts the program's Node once after an install: it may be there and still not fit this machine. */
function tryNode() {
  const node = nodeForTheProgram();
  if (node === null) return 'it is not installed';
  const { status, stdout, stderr, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (status === 0 && Number.parseInt(stdout.replace('v', ''), 10) >= NEEDED_MAJOR) return null;
  return error?.message ?? (stderr.trim() || `it is ${stdout.trim()}`);
}

/** @param {string} reason */
function complainAboutNode(reason) {
  process.stderr.write(
    `Switchboard runs on Node ${NEEDED_MAJOR}, which its package "node" brings, but ${reason}. ` +
      'Probably npm was told not to run install scripts. Run "npm rebuild node --ignore-scripts=false", ' +
      `or install Node ${NEEDED_MAJOR} yourself.\n`,
  );
  return 1;
}

/** @param {string} stamp */
function writeStamp(stamp) {
  try {
    writeFileSync(stampFile, stamp);
  } catch {
    // The packages may belong to somebody else, as in an image: then the longer comparison runs at each start.
  }
}

/**
 * @param {string} path
 * @param {string} fallback
 */
function readOr(path, fallback) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fallback;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = installMissing({ withDev: true });
}

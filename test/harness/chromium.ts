/**
 * The browser for tests: one that is installed, or on a Debian machine where we are root, one that is installed now. A missing
 * browser is an error, never a reason to skip.
 */
import { spawnSync } from 'node:child_process';
import { constants, accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import type { Browser, LaunchOptions } from 'playwright-core';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'chrome',
];

/**
 * The path of a Chromium.
 * @throws Error that says what to install
 */
export function findChromium(): string {
  const chosen = process.env['CHROMIUM_PATH'];
  if (chosen && !isProgram(chosen)) throw new Error(`CHROMIUM_PATH is ${chosen}, which is not a program.`);
  const found = chosen || findInstalled();
  if (found) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0 && findInPath('apt-get')) {
    installByApt();
    const installed = findInstalled();
    if (installed) return installed;
  }
  throw new Error(
    'The browser tests need Chromium, Chrome or Edge. Install one (on Debian: apt-get install chromium) ' +
      'or set CHROMIUM_PATH to the program.',
  );
}

/** Starts the browser; close it yourself. It sends nothing on its own account. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return await chromium.launch({
    executablePath: findChromium(),
    ...options,
    args: [
      // Chromium's sandbox does not start as root.
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(options.args ?? []),
    ],
  });
}

function findInstalled(): string | null {
  for (const name of NAMES) {
    const path = findInPath(name);
    if (path) return path;
  }
  return usualPlaces().find(isProgram) ?? null;
}

function usualPlaces(): string[] {
  if (process.platform === 'darwin') {
    return [
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  if (process.platform === 'win32') {
    const roots = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap(
      (name) => process.env[name] ?? [],
    );
    const programs = ['Google/Chrome/Application/chrome.exe', 'Chromium/Application/chrome.exe'];
    return roots.flatMap((root) =>
      [...programs, 'Microsoft/Edge/Application/msedge.exe'].map((program) => join(root, program)),
    );
  }
  return ['/usr/lib/chromium/chromium', '/snap/bin/chromium', '/opt/google/chrome/chrome'];
}

function findInPath(name: string): string | null {
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((place) => place !== '');
  return places.map((place) => join(place, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installByApt(): void {
  console.warn('No Chromium is installed: installing the package "chromium" by apt-get ...');
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const apt = spawnSync('apt-get', ['-q', ...args], {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    });
    if (apt.status === 0) continue;
    const output = apt.error?.message ?? `${apt.stdout}${apt.stderr}`;
    throw new Error(
      `apt-get ${args.join(' ')} failed, so the browser tests cannot run:\n${output.slice(-4_000)}`,
    );
  }
}

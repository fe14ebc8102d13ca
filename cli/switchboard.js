#!/usr/bin/env node
/**
 * The launcher behind `npx switchboard` and `npm start`. It runs on whatever Node the machine has (20 and up), installs what is
 * missing, and hands over to cli/switchboard.ts on Node 24. It stays as the parent and ends as the program ends. To stop
 * the program it closes the channel between them: signals often reach both at once, and a second one would cut
 * the program's orderly stop short. Should the launcher be killed, the channel closes just the same.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { installMissing, nodeForTheProgram } from '../scripts/install-missing.js';

const program = join(dirname(fileURLToPath(import.meta.url)), 'switchboard.ts');
const failed = installMissing({ withDev: false });
if (failed !== 0) process.exit(failed);

const child = spawn(nodeForTheProgram() ?? process.execPath, [program, ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});

const stop = () => {
  if (child.connected) child.disconnect();
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('SIGHUP', stop);
if (process.env.npm_lifecycle_event) stopWhenNpmIsGone();

child.on('error', (error) => {
  process.stderr.write(`Switchboard could not be started: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));

/** npm runs scripts in a shell, which does not pass on the signal that stops npm, and does not notice when npm is killed. */
function stopWhenNpmIsGone() {
  const shell = process.ppid;
  const npm = parentOf(shell);
  const isNpm = npm !== null && nameOf(npm).startsWith('npm');
  const look = () => {
    if (process.ppid !== shell || (isNpm && parentOf(shell) !== npm)) stop();
  };
  setInterval(look, 250).unref();
}

/**
 * Only where the system tells it in a file, as Linux does: this is asked four times a second.
 * @param {number} pid
 */
function parentOf(pid) {
  const stat = readProcessFile(pid, 'stat');
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** @param {number} pid */
function nameOf(pid) {
  return readProcessFile(pid, 'comm') ?? '';
}

/**
 * @param {number} pid
 * @param {string} file
 */
function readProcessFile(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

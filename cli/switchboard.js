#!/usr/bin/env node
/**
 * The launcher behind `npx switchboard` and `npm start`. It runs on whatever Node the machine has (20 and up), installs what is
 * missing, and hands over to cli/switchboard.ts on Node 24. It stays as the parent: it passes signals on and ends
 * as the program ends; when it is killed itself, the program notices that the channel between them closed.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { installMissing, nodeForTheProgram } from '../scripts/install-missing.js';

const program = join(dirname(fileURLToPath(import.meta.url)), 'switchboard.ts');
const failed = installMissing({ withDev: false });
if (failed !== 0) process.exit(failed);

const child = spawn(nodeForTheProgram() ?? process.execPath, [program, ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});

// Ctrl-C reaches every process of the terminal by itself, so the child has it already: passing it on would be a second one.
const fromTerminal = process.stdin.isTTY === true;
process.on('SIGINT', () => fromTerminal || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGHUP', () => fromTerminal || child.kill('SIGTERM'));

child.on('error', (error) => {
  process.stderr.write(`Switchboard could not be started: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));

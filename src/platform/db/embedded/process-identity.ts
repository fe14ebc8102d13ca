/**
 * Tells whether a process id still means the process that wrote it down. Ids are reused, within hours on a busy machine
 * and at once in a container, so a live id proves nothing: the start time and the command line must match as well.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import process from 'node:process';
import { serverEnvironment } from './server-environment.ts';

/** What a running process is. `startedAt` is opaque: compare it, never parse it. */
export type ProcessIdentity = {
  commandLine: string;
  /** Unique for a process id on this machine until the next boot and after it. */
  startedAt: string;
  /** The working directory where the system tells it, otherwise null. */
  workingDirectory: string | null;
};

/**
 * Describes a running process.
 * @returns the identity; `gone` when there is no such process or only its corpse; `hidden` when it runs but the system
 * does not tell what it is, as with another user's process where `/proc` is mounted with `hidepid`
 */
export function identifyProcess(pid: number): ProcessIdentity | 'gone' | 'hidden' {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return 'gone';
  if (process.platform === 'linux') return identifyOnLinux(pid);
  return process.platform === 'win32' ? identifyOnWindows(pid) : identifyByPs(pid);
}

/** Whether the id is in use, by whomever; a corpse that nobody has collected counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function identifyOnLinux(pid: number): ProcessIdentity | 'gone' | 'hidden' {
  let stat: string;
  let commandLine: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return isAlive(pid) ? 'hidden' : 'gone';
  }
  // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return 'gone';
  return {
    commandLine: commandLine.split('\0').join(' ').trim(),
    startedAt: `${bootId()}/${fields[19]}`,
    workingDirectory: readLink(`/proc/${pid}/cwd`),
  };
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown-boot';
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function identifyByPs(pid: number): ProcessIdentity | 'gone' | 'hidden' {
  const ps = spawnSync('ps', ['-ww', '-o', 'stat=,lstart=,command=', '-p', String(pid)], {
    encoding: 'utf8',
    env: serverEnvironment(),
  });
  if (ps.error) return 'hidden';
  const match = /^\s*(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/s.exec(ps.stdout);
  if (!match?.[1] || !match[2] || match[1].startsWith('Z')) return 'gone';
  return { commandLine: (match[3] ?? '').trim(), startedAt: match[2], workingDirectory: null };
}

function identifyOnWindows(pid: number): ProcessIdentity | 'gone' | 'hidden' {
  const query = `Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}' | ForEach-Object { $_.CreationDate.Ticks; $_.CommandLine }`;
  const powershell = spawnSync('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query], {
    encoding: 'utf8',
    windowsHide: true,
  });
  if (powershell.error) return 'hidden';
  const [startedAt, ...commandLine] = powershell.stdout.trim().split(/\r?\n/);
  if (!startedAt) return 'gone';
  return { commandLine: commandLine.join(' '), startedAt, workingDirectory: null };
}

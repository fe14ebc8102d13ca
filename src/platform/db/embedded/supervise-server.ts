/**
 * Watches the server while we hold its data directory. One that crashed is started again, on the same port, so that the
 * program's connections find it; one that somebody shut down in order stays down, since they will have had a reason.
 */
import type { EmbeddedLog } from './embedded-log.ts';
import { findKnownServer, hasPostmasterFile } from './postmaster-file.ts';
import type { RunningServer } from './postmaster-file.ts';
import { ensureServerRuns } from './server-process.ts';
import type { Cluster } from './server-process.ts';

/** How long a crash is left alone: the server's children end first, and a crash at every start does not spin. */
const RESTART_AFTER_MS = 3_000;
const LOOK_EVERY_MS = 500;

/** Ends the watching; resolves when a restart that is under way has come to its end. */
export type StopSupervision = () => Promise<void>;

/** Starts to watch. The timers do not keep the process alive. */
export function superviseServer(cluster: Cluster, server: RunningServer, log: EmbeddedLog): StopSupervision {
  let known: RunningServer = server;
  let stopped = false;
  let wasShutDown = false;
  let timer: NodeJS.Timeout;
  let restarting: Promise<void> = Promise.resolve();

  const later = (action: () => void, ms: number): void => {
    if (!stopped) timer = setTimeout(action, ms).unref();
  };

  const restart = async (): Promise<void> => {
    try {
      const { server: started } = await ensureServerRuns(cluster, known.port, true);
      known = started;
      log.info({ pid: known.pid, port: known.port }, 'The embedded PostgreSQL runs again.');
      later(look, LOOK_EVERY_MS);
    } catch (error) {
      log.error(
        { err: error },
        'The embedded PostgreSQL could not be started again; the next try is in 3 seconds.',
      );
      later(beginRestart, RESTART_AFTER_MS);
    }
  };

  const beginRestart = (): void => {
    restarting = restart();
  };

  const look = (): void => {
    const running = findKnownServer(cluster.path, known);
    if (running) {
      if (wasShutDown)
        log.info({ pid: running.pid }, 'The embedded PostgreSQL was started again by somebody.');
      wasShutDown = false;
      known = { ...running, port: known.port };
    } else if (hasPostmasterFile(cluster.path)) {
      log.error({ pid: known.pid }, 'The embedded PostgreSQL has crashed; it is started again in 3 seconds.');
      later(beginRestart, RESTART_AFTER_MS);
      return;
    } else if (!wasShutDown) {
      wasShutDown = true;
      log.warn(
        { cluster: cluster.path },
        'Somebody shut the embedded PostgreSQL down, so it stays down. Restart Switchboard to start it again.',
      );
    }
    later(look, LOOK_EVERY_MS);
  };

  later(look, LOOK_EVERY_MS);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await restarting;
  };
}

/**
 * Stops the program in order when its launcher ends or wants it to: the launcher then closes the channel between them. A signal
 * that reached the program as well, as Ctrl-C does, counts once.
 */
import { constants } from 'node:os';
import process from 'node:process';

/** A signal to a whole group arrives before the channel closes, but may be noticed after it. */
const SIGNAL_MAY_BE_LATE_MS = 100;

/** Begins to listen. Does nothing when the program was started without the launcher. */
export function endWithLauncher(): void {
  if (!process.connected) return;
  process.channel?.unref();
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      isStopping = true;
      // Nobody else listens before the program has something to stop: then a signal means what it means by default.
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
    });
  }
  process.once('disconnect', () => {
    setTimeout(() => isStopping || process.kill(process.pid, 'SIGTERM'), SIGNAL_MAY_BE_LATE_MS);
  });
}

/**
 * For tests: a worker process that takes a job, says so, and never finishes it. Its last argument is the connection string.
 */
import pino from 'pino';
import { createJobQueue } from './job-queue.ts';

const queue = createJobQueue({
  connectionString: String(process.argv.at(-1)),
  log: pino({ level: 'silent' }),
});
await queue.start([
  {
    name: 'test.outlives-its-worker',
    retry: { limit: 3, delaySeconds: 600, backoff: true },
    leaseSeconds: 600,
    run: () => {
      process.stdout.write('taken\n');
      return new Promise(() => {});
    },
  },
]);

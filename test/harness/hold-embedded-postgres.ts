/**
 * A program that runs the embedded PostgreSQL until it is told to stop, for tests that kill it, start it twice or start it as
 * another user. It takes its options as JSON and tells what happens as JSON lines.
 */
import process from 'node:process';
import { EmbeddedDatabaseError } from '../../src/platform/db/embedded/embedded-database-error.ts';
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/start-embedded-postgres.ts';

type Options = { dataDir: string; role?: string; hold?: boolean; durable?: boolean; address?: string };

const { address, ...options } = JSON.parse(process.argv[2] ?? '{}') as Options;

function tell(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const log = {
  info: (_fields: object, message: string) => tell({ log: message }),
  warn: (_fields: object, message: string) => tell({ log: message }),
  error: (_fields: object, message: string) => tell({ log: message }),
};

try {
  const server = await startEmbeddedPostgres({ ...options, log });
  if (address) server.announce(address);
  const keepAlive = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => {
    clearInterval(keepAlive);
    void server.stop().then(() => tell({ stopped: true }));
  });
  tell({ ready: { adminUrl: server.adminUrl, port: server.port } });
} catch (error) {
  if (!(error instanceof EmbeddedDatabaseError)) throw error;
  tell({ refused: { fault: error.fault, message: error.message } });
  process.exitCode = 1;
}

/**
 * Servers in processes of their own, on one PostgreSQL that is theirs alone, for tests that kill them or let several share the work. The
 * first plays Meta for those that are started beside it.
 */
import pg from 'pg';
import { TEST_APP_SECRET } from './secrets.ts';
import {
  makeDataDirectory,
  startServerProcess,
  type ServerProcess,
  type ServerProcessOptions,
} from './server-process.ts';
import { startThrowawayServer } from './throwaway-server.ts';

type StartOptions = Pick<ServerProcessOptions, 'env' | 'failpoints'> & {
  /** What the process does; everything if absent. */
  mode?: 'all' | 'web' | 'worker';
};

export type Servers = {
  /** A connection past all walls, to see what is really stored. */
  database: pg.Client;
  /** It is not ready yet: wait for `ready`. */
  start(options?: StartOptions): Promise<ServerProcess>;
  /** One that sends to, and hears from, the Meta that the other one plays. */
  startBeside(first: ServerProcess, options?: StartOptions): Promise<ServerProcess>;
  /** Kills those that still run; nothing of them is left. */
  close(): Promise<void>;
};

export async function openServers(): Promise<Servers> {
  const data = makeDataDirectory();
  const postgres = await startThrowawayServer();
  const database = new pg.Client(postgres.adminUrl);
  await database.connect();
  const started: ServerProcess[] = [];
  const start = async ({ mode = 'all', env, failpoints }: StartOptions = {}) => {
    const server = await startServerProcess({
      dataDir: data.dataDir,
      args: ['--mode', mode],
      env: { DATABASE_URL: postgres.adminUrl, ...env },
      failpoints,
    });
    started.push(server);
    return server;
  };
  return {
    database,
    start,
    startBeside: (first, options) =>
      start({
        ...options,
        env: {
          SIMULATOR: 'off',
          FB_APP_ID: '100000000000001',
          FB_APP_SECRET: TEST_APP_SECRET,
          GRAPH_API_URL: `${first.url}/simulator/graph`,
          ...options?.env,
        },
      }),
    async close() {
      for (const server of started) server.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      await database.end();
      await postgres.remove();
      data.remove();
    },
  };
}

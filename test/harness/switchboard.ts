/**
 * A whole Switchboard for a test file: real HTTP on a port of its own, a real database of its own, Meta by the simulator. What runs
 * is what `npm start` runs.
 */
import { rm } from 'node:fs/promises';
import type { DestinationStream } from 'pino';
import { readConfig } from '../../src/config.ts';
import { findFreePort } from '../../src/platform/db/embedded/free-port.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { startSwitchboard, type RunningSwitchboard } from '../../src/start-switchboard.ts';
import type { Simulator } from '../../simulator/create-simulator.ts';
import { cloneDatabase, type TestDatabase } from './postgres.ts';
import { makeDataDirectory } from './throwaway-server.ts';
import { lookAtStatements, lookForSecrets, lookIntoDatabase } from './secret-watch.ts';
import {
  TEST_APP_SECRET,
  TEST_ENCRYPTION_KEY,
  TEST_PASSWORDS,
  TEST_SESSION_SECRET,
  TEST_VERIFY_TOKEN,
} from './secrets.ts';

export type TestSwitchboard = RunningSwitchboard & {
  /** `http://localhost:<port>` */
  url: string;
  simulator: Simulator;
  database: TestDatabase;
  /** Every line that was logged, for tests that look for secrets. */
  logLines: string[];
  /** Resolves when everything that waits has been worked off, Meta's side too. */
  settle(): Promise<void>;
};

/** Statuses come at once, and a simulated customer reads what arrives. */
const QUICK = { sent: 0, delivered: 5, read: 10 };

/** Starts it; call `stop` in `afterAll`. */
export async function startTestSwitchboard(env: Record<string, string> = {}): Promise<TestSwitchboard> {
  const database = await cloneDatabase();
  const dataDir = await makeDataDirectory();
  const port = String(await findFreePort(null));
  const { config, secrets } = readConfig({
    PORT: port,
    DATA_DIR: dataDir,
    DATABASE_URL: database.adminUrl,
    SIMULATOR: 'on',
    FB_APP_SECRET: TEST_APP_SECRET,
    ...env,
  });
  const logLines: string[] = [];
  const destination: DestinationStream = { write: (line) => void logLines.push(line) };
  const running = await startSwitchboard({
    config,
    adminUrl: database.adminUrl,
    log: createLogger({ level: 'debug', destination }),
    mode: 'all',
    secrets: {
      encryptionKeys: secrets.encryptionKeys ?? [TEST_ENCRYPTION_KEY],
      sessionSecret: TEST_SESSION_SECRET,
      appSecret: TEST_APP_SECRET,
      verifyToken: TEST_VERIFY_TOKEN,
      whatsappToken: secrets.whatsappToken,
      smtpUrl: secrets.smtpUrl,
      passwords: TEST_PASSWORDS,
    },
    simulatorTiming: QUICK,
  });
  const { simulator, jobs } = running;
  if (!simulator || !jobs) throw new Error('A test install has a simulator and workers.');
  return {
    ...running,
    url: config.publicUrl,
    simulator,
    database,
    logLines,
    async settle() {
      await simulator.idle();
      await jobs.settle();
      await simulator.idle();
      await jobs.settle();
    },
    async stop() {
      lookForSecrets('/metrics', await running.app.metrics.registry.metrics());
      await lookAtStatements(database.adminUrl);
      await running.stop();
      lookForSecrets('the log', logLines.join(''));
      await lookIntoDatabase(database.adminUrl);
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

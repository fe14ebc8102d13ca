/**
 * Starts a whole Switchboard on a migrated database: pools, routes, the simulator, the background work. What `main.ts` does for
 * `npm start`, tests do with this, so that they run what is run.
 */
import { hkdfSync } from 'node:crypto';
import path from 'node:path';
import { createSimulator, type Simulator } from '../simulator/create-simulator.ts';
import packageJson from '../package.json' with { type: 'json' };
import { createApp, type App, type AppOptions } from './app.ts';
import { startJobs, type Jobs } from './jobs.ts';
import { SIMULATED_APP_ID } from './modules/credentials/install-credentials.ts';
import { ownAddress } from './own-address.ts';
import type { HttpServer } from './platform/http/server.ts';
import { isLoopbackHost } from './platform/loopback.ts';
import { createWebServer } from './web-server.ts';

/** Which part of the work this process does; many of each may run on one database. */
export type Mode = 'all' | 'web' | 'worker';

export type StartOptions = Omit<AppOptions, 'graphUrl'> & {
  mode: Mode;
  /** Milliseconds that the simulated Meta takes; real-looking when absent. */
  simulatorTiming?: Parameters<typeof createSimulator>[0]['timing'];
};

export type RunningSwitchboard = {
  app: App;
  simulator: Simulator | null;
  /** What the simulator's control API wants; null where only this machine reaches it. */
  simulatorToken: string | null;
  /** Where it listens; null for a worker. */
  address: string | null;
  jobs: Jobs | null;
  stop(): Promise<void>;
};

/** Follows from the session secret: the same after a restart, and kept nowhere. */
function simulatorToken({ config, secrets }: StartOptions): string | null {
  if (isLoopbackHost(config.host)) return null;
  return Buffer.from(
    hkdfSync('sha256', secrets.sessionSecret, '', 'switchboard simulator control', 24),
  ).toString('base64url');
}

function makeSimulator(options: StartOptions, own: string): Simulator | null {
  const { config, secrets, log } = options;
  if (!config.simulator || secrets.appSecret === null || options.mode === 'worker') return null;
  const controlToken = simulatorToken(options);
  return createSimulator({
    ...(controlToken === null ? {} : { controlToken }),
    appId: config.metaAppId ?? SIMULATED_APP_ID,
    appSecret: secrets.appSecret,
    verifyToken: secrets.verifyToken,
    webhookUrl: `${own}/webhooks/whatsapp`,
    publicUrl: `${own}/simulator`,
    publicHosts: [new URL(config.publicUrl).hostname],
    stateFile: path.join(config.dataDir, 'simulator', 'state.json'),
    log: { info: (message) => log.debug(message), warn: (message) => log.warn(message) },
    ...(options.simulatorTiming ? { timing: options.simulatorTiming } : {}),
  });
}

/** Throws when the database, the port or the configuration does not allow it; nothing is left running then. */
export async function startSwitchboard(options: StartOptions): Promise<RunningSwitchboard> {
  const { config, mode } = options;
  const own = ownAddress(config);
  const app = await createApp({ ...options, graphUrl: config.graph.apiUrl ?? `${own}/simulator/graph` });
  const simulator = makeSimulator(options, own);
  let server: HttpServer | null = null;
  let jobs: Jobs | null = null;
  const stop = async () => {
    app.stopStreams();
    await server?.close();
    await simulator?.close();
    await jobs?.stop();
    await app.close();
  };
  try {
    await app.notifications.start();
    if (mode !== 'worker') {
      server = await createWebServer(app, {
        version: packageJson.version,
        simulator: simulator?.plugin ?? null,
        isWorking: mode === 'web' ? null : () => jobs !== null,
      });
      await server.listen({ host: config.host, port: config.port });
    }
    if (mode !== 'web') jobs = await startJobs(app);
    const address = server ? config.publicUrl : null;
    return { app, simulator, simulatorToken: simulatorToken(options), jobs, address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

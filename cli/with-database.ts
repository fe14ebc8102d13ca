/** What commands need of an install: its configuration, its secrets and its database, running or not. */
import { createApp, type App } from '../src/app.ts';
import { loadEnvironment, readConfig, type Config } from '../src/config.ts';
import { startEmbeddedPostgres } from '../src/platform/db/embedded/start-embedded-postgres.ts';
import { createLogger } from '../src/platform/log/logger.ts';
import { resolveSecrets, type ResolvedSecrets } from '../src/resolve-secrets.ts';

export type OpenedInstall = { config: Config; secrets: ResolvedSecrets; adminUrl: string };

/** Uses the database of a running install, or runs the embedded one for as long as the work takes. */
export async function withDatabase<T>(work: (opened: OpenedInstall) => Promise<T>): Promise<T> {
  const { config, secrets: given } = readConfig(loadEnvironment());
  const secrets = await resolveSecrets(config, given);
  if (config.databaseUrl !== null) return work({ config, secrets, adminUrl: config.databaseUrl });
  const log = createLogger({ level: 'warn' });
  const embedded = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log,
    role: 'a command',
    hold: false,
  });
  try {
    return await work({ config, secrets, adminUrl: embedded.adminUrl });
  } finally {
    await embedded.stop();
  }
}

/** The same with an App on it: use cases without a server. The database must be migrated. */
export function withApp<T>(work: (app: App, opened: OpenedInstall) => Promise<T>): Promise<T> {
  return withDatabase(async (opened) => {
    const graphUrl = opened.config.graph.apiUrl ?? `${opened.config.publicUrl}/simulator/graph`;
    const app = await createApp({ ...opened, graphUrl, log: createLogger({ level: 'warn' }) });
    try {
      return await work(app, opened);
    } finally {
      app.stopStreams();
      await app.close();
    }
  });
}

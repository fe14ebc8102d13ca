/**
 * What every part of the process shares, passed first and never ambient. This file is the composition root: the only one that
 * makes pools and clients.
 */
import type { KeyObject } from 'node:crypto';
import type { Counter } from 'prom-client';
import type { Config } from './config.ts';
import { createGraphClient, type GraphClient } from './graph-api/client.ts';
import { accessTokenKey } from './modules/auth/access-token.ts';
import { findOrganizationsWithEvents } from './modules/conversations/queries/events.ts';
import { ConfigurationCache } from './modules/credentials/config-cache.ts';
import {
  readInstallCredentials,
  type InstallCredentials,
} from './modules/credentials/install-credentials.ts';
import { readConfigurations } from './modules/credentials/queries.ts';
import { DeliveryWriter } from './modules/inbound/delivery-writer.ts';
import { MediaFiles } from './modules/media/media-files.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import { SecretBox } from './platform/crypto/secret-box.ts';
import { createPool, withRole } from './platform/db/connection.ts';
import { Notifications } from './platform/db/notifications.ts';
import { APP_ROLE, refusePrivilegedRole, WORKER_ROLE } from './platform/db/roles.ts';
import { asClaimer, asWorker, type Databases } from './platform/db/tx.ts';
import type { Logger } from './platform/log/logger.ts';
import { createMailer, type Mailer } from './platform/mail.ts';
import { failpoint } from './platform/failpoints.ts';
import { Metrics } from './platform/metrics.ts';
import { Wakeups } from './platform/realtime/wakeups.ts';
import type { ResolvedSecrets } from './resolve-secrets.ts';

/** Where Meta keeps the files of messages (Cloud API, "Media: download"). */
const META_FILES = 'https://lookaside.fbsbx.com';

export type App = {
  config: Config;
  databases: Databases;
  notifications: Notifications;
  /** For what keeps connections of its own, as the worker role. */
  workerUrl: string;
  graph: GraphClient;
  secretBox: SecretBox;
  accessTokenKey: KeyObject;
  /** Null: no mail is sent, and owners hand links over themselves. */
  mailer: Mailer | null;
  /** The operator's credentials; ConfigLoader says who may use which. */
  install: InstallCredentials;
  configurations: ConfigurationCache;
  media: {
    files: MediaFiles;
    /** Where files may be fetched from, with the account's token: exact origins. */
    origins: readonly string[];
  };
  webhook: {
    verifyToken: string;
    appSecrets: readonly string[];
    writer: DeliveryWriter;
    deliveries: Counter<'outcome'>;
    items: Counter<'kind' | 'outcome'>;
    /** An alarm: somebody with a secret of their own speaks of what is not theirs. */
    foreignItems: Counter;
  };
  log: Logger;
  metrics: Metrics;
  clock: Clock;
  wakeups: Wakeups;
  /** Aborted when the process stops: long answers end. */
  closing: AbortSignal;
  /** Ends what would keep the server from closing. */
  stopStreams(): void;
  /** Closes every connection; nothing works afterwards. */
  close(): Promise<void>;
};

export type AppOptions = {
  config: Config;
  secrets: ResolvedSecrets;
  /** The migrated database, as the role that migrated it. */
  adminUrl: string;
  graphUrl: string;
  log: Logger;
  clock?: Clock;
  /** In place of the mail server of the configuration. */
  mailer?: Mailer;
};

function mailerOf({ mailFrom: from }: Config, { smtpUrl }: ResolvedSecrets): Mailer | null {
  return smtpUrl !== null && from !== null ? createMailer({ smtpUrl, from }) : null;
}

/** What receives Meta's deliveries, and what is counted of them. */
function webhookOf({
  secrets,
  databases,
  log,
  metrics,
}: Pick<App, 'databases' | 'log' | 'metrics'> & { secrets: ResolvedSecrets }): App['webhook'] {
  return {
    verifyToken: secrets.verifyToken,
    appSecrets: secrets.appSecret === null ? [] : [secrets.appSecret],
    writer: new DeliveryWriter(databases.ingest, (error) =>
      log.error({ err: error }, 'Deliveries could not be stored'),
    ),
    deliveries: metrics.counter({
      name: 'switchboard_webhook_deliveries_total',
      help: 'Deliveries of Meta.',
      labelNames: ['outcome'],
    }),
    items: metrics.counter({
      name: 'switchboard_webhook_items_total',
      help: 'Items of deliveries.',
      labelNames: ['kind', 'outcome'],
    }),
    foreignItems: metrics.counter({
      name: 'switchboard_webhook_foreign_items_total',
      help: "Items that an organization's own app signed about a number that is not the organization's.",
    }),
  };
}

/** Read on the connections of the webhook, which asks most urgently: slow jobs must not keep a delivery waiting. */
function configurationsOf({
  databases,
  notifications,
  clock,
}: Pick<App, 'databases' | 'notifications' | 'clock'>): ConfigurationCache {
  const urgent = { databases: { ...databases, worker: databases.ingest } };
  const read = (tenantId: string) => asWorker(urgent, tenantId, (tx) => readConfigurations(tx, tenantId));
  return new ConfigurationCache(notifications, { read, clock });
}

/** A pool for each kind of work. Throws PrivilegedRoleError when the database would not hold the app role back. */
async function openDatabases({
  appUrl,
  workerUrl,
  log,
  closing,
}: {
  appUrl: string;
  workerUrl: string;
  log: Logger;
  closing: AbortSignal;
}): Promise<Databases> {
  // While we stop, connections end: that is no news.
  const onIdleError = (error: Error) => {
    if (!closing.aborted) log.warn({ err: error }, 'A database connection was lost');
  };
  const pool = (name: string, connectionString: string, max: number, statementTimeoutMs: number) =>
    createPool({ connectionString, name, max, statementTimeoutMs, pipeline: name === 'worker' }, onIdleError);
  const databases: Databases = {
    web: pool('web', appUrl, 12, 15_000),
    worker: pool('worker', workerUrl, 12, 30_000),
    ingest: pool('ingest', workerUrl, 3, 5_000),
    upkeep: pool('upkeep', workerUrl, 1, 600_000),
  };
  try {
    await refusePrivilegedRole(databases.web);
    await refusePrivilegedRole(databases.worker);
    return databases;
  } catch (error) {
    await closeDatabases(databases);
    throw error;
  }
}

async function closeDatabases(databases: Databases): Promise<void> {
  await Promise.all(Object.values(databases).map((database) => database.end()));
}

/** Connects everything. Throws PrivilegedRoleError when the database would not hold the app role back. */
export async function createApp({
  config,
  secrets,
  adminUrl,
  graphUrl,
  log,
  clock = systemClock,
  mailer: givenMailer,
}: AppOptions): Promise<App> {
  const appUrl = config.appDatabaseUrl ?? withRole(adminUrl, APP_ROLE, secrets.passwords.app);
  const workerUrl = withRole(adminUrl, WORKER_ROLE, secrets.passwords.worker);
  const mailer = givenMailer ?? mailerOf(config, secrets);
  const closing = new AbortController();
  const databases = await openDatabases({ appUrl, workerUrl, log, closing: closing.signal });
  const notifications = new Notifications(workerUrl, log);
  const wakeups = new Wakeups(notifications, (after) =>
    asClaimer({ databases }, (tx) => findOrganizationsWithEvents(tx, after)),
  );
  const metrics = new Metrics();
  const graph = createGraphClient({
    apiUrl: graphUrl,
    apiVersion: config.graph.apiVersion,
    onAnswer: () => failpoint('outbound.reply-unread'),
  });
  return {
    config,
    databases,
    notifications,
    workerUrl,
    graph,
    secretBox: new SecretBox(secrets.encryptionKeys),
    accessTokenKey: accessTokenKey(secrets.sessionSecret),
    mailer,
    install: readInstallCredentials(config, secrets),
    configurations: configurationsOf({ databases, notifications, clock }),
    media: { files: new MediaFiles(config.dataDir), origins: [META_FILES, new URL(graphUrl).origin] },
    webhook: webhookOf({ secrets, databases, log, metrics }),
    log,
    metrics,
    clock,
    wakeups,
    closing: closing.signal,
    stopStreams() {
      closing.abort();
      wakeups.stop();
    },
    async close() {
      await notifications.stop();
      mailer?.close();
      await graph.close();
      await closeDatabases(databases);
    },
  };
}

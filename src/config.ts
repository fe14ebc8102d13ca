/**
 * The environment as typed values. This is the only file that reads `process.env`. Every fault is reported at once,
 * naming the variable and what would be right; a value that may be secret is never repeated in a message.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { EnvironmentReader } from './platform/environment-reader.ts';
import type { ConfigFault } from './platform/environment-reader.ts';

/** Graph API version that the client was checked against; Meta serves it until 2028-07-29. */
export const DEFAULT_GRAPH_API_VERSION = 'v25.0';
const DEFAULT_GRAPH_API_URL = 'https://graph.facebook.com';
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** Past this many attached tables PostgreSQL runs out of lock memory when a query touches them all. */
const MOST_AGENT_TABLES = 5000;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** What may be shown, logged and passed around. */
export type Config = {
  port: number;
  host: string;
  /** Origin without a trailing slash; links, callbacks and cookie rules follow it. */
  publicUrl: string;
  /** Absolute. */
  dataDir: string;
  /** Null: the embedded PostgreSQL. May hold a password: do not log. */
  databaseUrl: string | null;
  /** Null: the app role that the migrations make. May hold a password: do not log. */
  appDatabaseUrl: string | null;
  metaAppId: string | null;
  /** The configuration of Facebook Login for Business that Embedded Signup uses; null: it is not offered. */
  metaConfigId: string | null;
  graph: {
    /** Null: the simulator of this process, whose address only the composition root knows. */
    apiUrl: string | null;
    apiVersion: string;
  };
  whatsapp: {
    phoneId: string | null;
    wabaId: string | null;
    callbackUrl: string | null;
    redirectUrl: string | null;
  };
  simulator: boolean;
  brandName: string;
  agentTablesLimit: number;
  logLevel: LogLevel;
  /** Addresses or CIDR ranges of proxies whose `X-Forwarded-*` headers count; empty: none. */
  trustedProxies: string[];
  /** Who mail comes from; null: no mail is sent, and owners hand links over themselves. */
  mailFrom: string | null;
  /** Whether strangers may register; the first user of an install always may. */
  registration: 'open' | 'closed';
};

/** What must never be shown or logged. */
export type Secrets = {
  /** 32 bytes each, newest first. Null: generate into the data directory. */
  encryptionKeys: Buffer[] | null;
  /** Null: generate into the data directory. */
  sessionSecret: string | null;
  metaAppSecret: string | null;
  whatsappToken: string | null;
  verifyToken: string | null;
  demoPassword: string | null;
  /** Where mail is handed in; holds a password. Null: no mail is sent. */
  smtpUrl: string | null;
};

/** The start is refused; `faults` has every faulty variable, `message` lists them for people. */
export class ConfigError extends Error {
  readonly faults: ConfigFault[];

  constructor(faults: ConfigFault[]) {
    const lines = faults.map((fault) => `  ${fault.variable}: ${fault.problem}; ${fault.remedy}.`);
    super(['The configuration is not right:', ...lines].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * The process's environment, completed by a `.env` file of the working directory. The environment wins; an empty
 * string counts as absent in both.
 */
export function loadEnvironment(directory: string = process.cwd()): NodeJS.ProcessEnv {
  const path = resolve(directory, '.env');
  const merged: NodeJS.ProcessEnv = existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && value !== '') merged[name] = value;
  }
  return merged;
}

/**
 * Reads and checks every variable.
 * @throws ConfigError with every fault
 */
export function readConfig(env: NodeJS.ProcessEnv): { config: Config; secrets: Secrets } {
  const read = new EnvironmentReader(env);
  const secrets = readSecrets(read);
  const config = readPlainValues(read, secrets);
  if (config.appDatabaseUrl !== null && config.databaseUrl === null) {
    read.fault(
      'APP_DATABASE_URL',
      'is given without DATABASE_URL',
      'give both, or neither for the embedded database',
    );
  }
  if (read.faults.length > 0) throw new ConfigError(read.faults);
  return { config, secrets };
}

function readSecrets(read: EnvironmentReader): Secrets {
  return {
    encryptionKeys: read.keys('ENCRYPTION_KEY', 32),
    sessionSecret: read.secret('SESSION_SECRET', 32),
    metaAppSecret: read.secret('FB_APP_SECRET'),
    whatsappToken: read.secret('WHATSAPP_TOKEN'),
    verifyToken: read.secret('VERIFY_TOKEN'),
    demoPassword: read.verbatim('DEMO_PASSWORD'),
    smtpUrl: read.smtpUrl('SMTP_URL'),
  };
}

function readPlainValues(read: EnvironmentReader, secrets: Secrets): Config {
  const port = read.integer('PORT', { default: 3000, least: 0, most: 65_535 });
  const metaAppId = read.identifier('FB_APP_ID');
  const simulator = readSimulator(read, metaAppId, secrets.metaAppSecret);
  return {
    port,
    host: read.host('HOST') ?? '127.0.0.1',
    publicUrl: read.origin('PUBLIC_URL') ?? `http://localhost:${String(port)}`,
    dataDir: resolve(read.text('DATA_DIR') ?? './data'),
    databaseUrl: read.databaseUrl('DATABASE_URL'),
    appDatabaseUrl: read.databaseUrl('APP_DATABASE_URL'),
    metaAppId,
    metaConfigId: read.identifier('FB_CONFIG_ID'),
    graph: {
      apiUrl: read.url('GRAPH_API_URL') ?? (simulator ? null : DEFAULT_GRAPH_API_URL),
      apiVersion: readGraphVersion(read),
    },
    whatsapp: {
      phoneId: read.identifier('WHATSAPP_PHONE_ID'),
      wabaId: read.identifier('WHATSAPP_WABA_ID'),
      callbackUrl: read.exactUrl('CALLBACK_URL'),
      redirectUrl: read.exactUrl('REDIRECT_URL'),
    },
    simulator,
    brandName: readBrandName(read),
    agentTablesLimit: read.integer('AGENT_TABLES_LIMIT', {
      default: 1000,
      least: 0,
      most: MOST_AGENT_TABLES,
    }),
    logLevel: read.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    trustedProxies: read.addresses('TRUSTED_PROXIES'),
    mailFrom: readMailFrom(read, secrets.smtpUrl),
    registration: read.choice('REGISTRATION', ['open', 'closed'] as const, 'open'),
  };
}

/** `auto` is on exactly when no Meta app is configured. A lone secret serves deliveries to a forced simulator. */
function readSimulator(read: EnvironmentReader, appId: string | null, appSecret: string | null): boolean {
  const choice = read.choice('SIMULATOR', ['auto', 'on', 'off'] as const, 'auto');
  if (appId !== null && appSecret === null) {
    read.fault(
      'FB_APP_SECRET',
      'is missing although FB_APP_ID is given',
      'give both, or neither to use the simulator',
    );
  }
  if (appId === null && appSecret !== null && choice !== 'on') {
    read.fault('FB_APP_ID', 'is missing although FB_APP_SECRET is given', 'give both, or set SIMULATOR=on');
  }
  return choice === 'auto' ? appId === null : choice === 'on';
}

function readGraphVersion(read: EnvironmentReader): string {
  const version = read.text('GRAPH_API_VERSION') ?? DEFAULT_GRAPH_API_VERSION;
  if (!/^v[1-9]\d?\.\d$/.test(version)) {
    read.fault(
      'GRAPH_API_VERSION',
      'is not a version of the Graph API',
      `write it like ${DEFAULT_GRAPH_API_VERSION}`,
    );
  }
  return version;
}

function readBrandName(read: EnvironmentReader): string {
  const name = read.text('BRAND_NAME') ?? 'Switchboard';
  if (name.length > 60 || /\p{Cc}/u.test(name)) {
    read.fault('BRAND_NAME', 'is not one line of at most 60 characters', 'give a shorter name');
  }
  return name;
}

/** A mail server and a sender are nothing without each other. */
function readMailFrom(read: EnvironmentReader, smtpUrl: string | null): string | null {
  const from = read.mailAddress('MAIL_FROM');
  if (smtpUrl !== null && from === null)
    read.fault('MAIL_FROM', 'is missing although SMTP_URL is given', 'give both, or neither to send no mail');
  if (smtpUrl === null && from !== null)
    read.fault('SMTP_URL', 'is missing although MAIL_FROM is given', 'give both, or neither to send no mail');
  return from;
}

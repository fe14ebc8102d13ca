/** What `npm start` runs: configuration, database, migration, server; one line of text a step; stops on a signal. */
import closeWithGrace from 'close-with-grace';
import { pino, type DestinationStream } from 'pino';
import { PinoPretty as pretty } from 'pino-pretty';
import { resolveSecrets, type ResolvedSecrets } from './resolve-secrets.ts';
import { loadEnvironment, readConfig, type Config, type Secrets } from './config.ts';
import { makeDemo } from './demo/make-demo.ts';
import { createSignInLink } from './modules/auth/sign-in.ts';
import { findStart } from './modules/auth/find-start.ts';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from './platform/db/embedded/start-embedded-postgres.ts';
import { findFreePort } from './platform/db/embedded/free-port.ts';
import { migrate } from './platform/db/migrate.ts';
import { createLogger, type Logger } from './platform/log/logger.ts';
import { createPrintingMailer } from './platform/mail.ts';
import { installJobQueue } from './platform/queue/install-job-queue.ts';
import { addWorkGauges } from './work-gauges.ts';
import { startSwitchboard, type Mode, type RunningSwitchboard } from './start-switchboard.ts';

export type RunOptions = { demo: boolean; mode: Mode; print?: (line: string) => void };

/** JSON lines, unless a person is watching. */
function logDestination(): DestinationStream {
  return process.stderr.isTTY
    ? pretty({ destination: 2, colorize: true, sync: true })
    : pino.destination({ dest: 2, sync: false });
}

const STOP_WITHIN_MS = 25_000;

/** Reads the environment; with PORT=0 a free port is chosen now, because links name it. */
async function readEnvironment(): Promise<{ config: Config; secrets: Secrets }> {
  const env = loadEnvironment();
  const port = env['PORT'] === '0' ? { PORT: String(await findFreePort(null)) } : {};
  return readConfig({ ...env, ...port });
}

async function openDatabase(
  config: Config,
  log: Logger,
  print: (line: string) => void,
): Promise<{ adminUrl: string; embedded: EmbeddedPostgres | null }> {
  if (config.databaseUrl !== null) return { adminUrl: config.databaseUrl, embedded: null };
  print('Starting the embedded PostgreSQL …');
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log, role: 'switchboard start' });
  embedded.announce(config.publicUrl);
  return { adminUrl: embedded.adminUrl, embedded };
}

/** Brings the database to this version. Any number of processes may do so at once. */
export async function migrateDatabase(
  adminUrl: string,
  options: { config: Config; secrets: ResolvedSecrets; print: (line: string) => void },
): Promise<void> {
  await migrate({
    adminUrl,
    passwords: options.secrets.passwords,
    settings: { agent_tables_limit: String(options.config.agentTablesLimit) },
    install: [installJobQueue],
    report: options.print,
  });
}

/** Tells a person where to go next. A link that signs in is only printed for the demo and for an install that nobody has used. */
async function welcome(
  running: RunningSwitchboard,
  demo: boolean,
  print: (line: string) => void,
): Promise<void> {
  const { app } = running;
  const { publicUrl } = app.config;
  if (running.address === null) {
    print('Switchboard works in the background; another process serves.');
    return;
  }
  const token = running.simulatorToken;
  if (app.config.simulator && token !== null)
    print(
      `Warning: the simulator is on where others can reach it. Its phone opens by the link below alone, but whoever has that can write as any customer. Set SIMULATOR=off to serve customers.`,
    );
  const { hasUsers, adminEmail } = await findStart(app);
  print(`Switchboard is ready at ${publicUrl}`);
  if (!hasUsers) {
    print(`Create the first account, which becomes the admin: ${publicUrl}/register`);
    return;
  }
  const link = demo && adminEmail !== null ? await createSignInLink(app, adminEmail) : null;
  if (link !== null) print(`Sign in, once, within the hour: ${link}`);
  if (app.config.simulator)
    print(
      `Write to yourself as a customer: ${publicUrl}/simulator/phone${token === null ? '' : `#${token}`}`,
    );
}

/** Runs until a signal comes. Throws what keeps it from starting, with what to do about it. */
export async function runSwitchboard({
  demo,
  mode,
  print = (line) => process.stdout.write(`${line}\n`),
}: RunOptions): Promise<void> {
  const { config, secrets: given } = await readEnvironment();
  // Steps for people go to stdout, the log to stderr: either can be read or kept without the other.
  const log = createLogger({ level: config.logLevel, destination: logDestination() });
  const { adminUrl, embedded } = await openDatabase(config, log, print);
  let running: RunningSwitchboard | undefined;
  const stop = async () => {
    await running?.stop();
    await embedded?.stop();
  };
  let isStopping = false;
  // From here on there is something to stop: a signal during the start, too, must not leave the database running.
  const grace = closeWithGrace(
    { delay: STOP_WITHIN_MS, logger: { error: (error) => log.error(error) } },
    async ({ err, signal }) => {
      isStopping = true;
      if (err) log.error({ err }, 'A bug ended the process');
      else print(`Stopping on ${signal ?? 'request'} …`);
      await stop();
    },
  );
  try {
    const secrets = await resolveSecrets(config, given);
    await migrateDatabase(adminUrl, { config, secrets, print });
    const mailer = demo && secrets.smtpUrl === null ? createPrintingMailer(print) : undefined;
    running = await startSwitchboard({ config, secrets, adminUrl, log, mode, ...(mailer && { mailer }) });
    running.app.metrics.observeProcess();
    addWorkGauges(running.app);
    if (demo) await makeDemo(running, { password: given.demoPassword, print });
    await welcome(running, demo, print);
  } catch (error) {
    // What fails because we are stopping is no news, and the process ends when the stop is done.
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- a signal sets it while the start waits
    if (isStopping) return;
    grace.uninstall();
    await stop();
    throw error;
  }
}

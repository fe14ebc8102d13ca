/**
 * The server of the inbound benchmark, in a process of its own as in an install: `fork`ed with its options as JSON. With `store: false` it is
 * the same server without storage: same route, same signature check, and then 200 at once.
 */
import process from 'node:process';
import { resolveSecrets } from '../../src/resolve-secrets.ts';
import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { startSwitchboard, type Mode } from '../../src/start-switchboard.ts';

export type ServeOptions = { env: Record<string, string>; adminUrl: string; mode: Mode; store: boolean };
/** Processor time of the process so far, in microseconds, and its memory in bytes. */
export type Usage = { cpu: number; memory: number };

const options = JSON.parse(process.argv[2] ?? '') as ServeOptions;
const { config, secrets: given } = readConfig(options.env);
const secrets = await resolveSecrets(config, given);
const log = createLogger({ level: config.logLevel });
const { app, address } = await startSwitchboard({
  config,
  secrets,
  adminUrl: options.adminUrl,
  mode: options.mode,
  log,
});
if (!options.store) app.webhook.writer.store = () => Promise.resolve();

// A benchmark that was broken off leaves no server behind.
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, memory: process.memoryUsage.rss() } satisfies Usage);
});
process.send?.({ ready: address });

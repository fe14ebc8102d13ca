/** What every part of the process shares, passed first and never ambient. This file is the composition root: the only one that makes pools and clients. */
import type { KeyObject } from 'node:crypto';
import type { Config } from './config.ts';
import type { GraphClient } from './graph-api/client.ts';
import type { Clock } from './platform/clock.ts';
import type { SecretBox } from './platform/crypto/secret-box.ts';
import type { Databases } from './platform/db/tx.ts';
import type { Logger } from './platform/log/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Wakeups } from './platform/realtime/wakeups.ts';

export type App = {
  config: Config;
  databases: Databases;
  graph: GraphClient;
  secretBox: SecretBox;
  accessTokenKey: KeyObject;
  log: Logger;
  metrics: Metrics;
  clock: Clock;
  wakeups: Wakeups;
  /** Aborted when the process stops: long answers end. */
  closing: AbortSignal;
};

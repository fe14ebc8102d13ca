/**
 * What a simulator is made with. Everything has a sensible default except the Meta app that it plays, so that tests
 * can shrink every wait and a running server can keep Meta's own pace, scaled to a developer's patience.
 */

/** A source of the present, in the shape the host program uses. */
export type Clock = { now(): Date };

/** Where the simulator writes what a developer should see. */
export type Log = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
};

/** Waits in milliseconds. */
export type Timing = {
  /** From acceptance to the `sent` status. */
  sent: number;
  /** From acceptance to `delivered`. */
  delivered: number;
  /** From acceptance to the automatic `read`. */
  read: number;
  /** Waits between tries of one webhook; the last one repeats. The first retry is immediate, as with Meta. */
  retry: readonly number[];
  /** After this long a webhook is given up. Meta waits 7 days; here that is scaled down a hundredfold. */
  giveUpAfter: number;
  /** How long one webhook try may take. */
  webhookTimeout: number;
  /** How long an OAuth code lives (Meta: 30 s). */
  codeLifetime: number;
  /** How long a media URL lives (Meta: 5 min). */
  mediaUrlLifetime: number;
  /** From creation of a template to its approval. */
  templateReview: number;
};

export const defaultTiming: Timing = {
  sent: 50,
  delivered: 150,
  read: 1_500,
  retry: [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 60_000],
  giveUpAfter: 6_048_000,
  webhookTimeout: 10_000,
  codeLifetime: 30_000,
  mediaUrlLifetime: 300_000,
  templateReview: 1_000,
};

export type SimulatorOptions = {
  appId: string;
  appSecret: string;
  verifyToken: string;
  /** The app's default callback; a function when it is known only after the server listens. */
  webhookUrl: string | (() => string);
  /** Snapshot of everything, or null to keep nothing over a restart. Media lie in a folder beside it. */
  stateFile: string | null;
  clock?: Clock;
  log?: Log;
  timing?: Partial<Timing>;
  /**
   * Address under which the simulator is mounted (`http://localhost:3000/simulator`), for media URLs in webhooks.
   * Without it the address of the latest request is used.
   */
  publicUrl?: string | (() => string);
  /** What the control API wants from whoever calls it; absent where nobody else can reach it. */
  controlToken?: string;
  /** Names, without port, under which browsers reach it besides localhost, addresses and names without a dot. */
  publicHosts?: readonly string[];
  /**
   * Which callback override URLs may be contacted. Default: loopback addresses and the origin of `webhookUrl`, so that
   * an open simulator cannot be used to reach other machines.
   */
  allowCallbackUrl?: (url: URL) => boolean;
  /** Webhooks under way at once over all numbers. Default 16. */
  webhookConcurrency?: number;
  /** Messages kept; the oldest go first. Default 20,000. */
  ledgerLimit?: number;
};

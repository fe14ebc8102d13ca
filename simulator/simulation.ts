/**
 * What every part of the simulator shares: the state, the clock, the bus of events for watchers, and saving. Whoever
 * changes the state calls `changed()`; whoever wants to be seen on the phone page calls `emit`.
 */
import { EventEmitter } from 'node:events';

import { defaultTiming } from './options.ts';
import type { Clock, Log, SimulatorOptions, Timing } from './options.ts';
import type { MediaStore } from './state/media-store.ts';
import { mediaStore } from './state/media-store.ts';
import { snapshotFile } from './state/snapshot-file.ts';
import type { State } from './state/state.ts';
import { noFaults } from './state/state.ts';

/** What happened, for the phone page and other watchers. */
export type SimulatorEvent = {
  type: 'message' | 'status' | 'account' | 'customer' | 'typing' | 'delivery' | 'faults' | 'reset';
  data: Record<string, unknown>;
};

export type Simulation = {
  state: State;
  options: SimulatorOptions;
  timing: Timing;
  clock: Clock;
  log: Log;
  media: MediaStore;
  emit(event: SimulatorEvent): void;
  watch(listener: (event: SimulatorEvent) => void): () => void;
  changed(): void;
  flush(): Promise<void>;
  now(): number;
  /** The address under which the simulator can be reached, without a slash at the end. */
  baseUrl(): string;
  /** Remembers where a request found us. */
  seenAt(baseUrl: string): void;
};

/** Messages in a snapshot. Writing the whole ledger again and again would stop the process for longer each time. */
const SAVED_MESSAGES = 2_000;

function withRecentMessages(state: State): State {
  const entries = Object.entries(state.messages);
  if (entries.length <= SAVED_MESSAGES) return state;
  return { ...state, messages: Object.fromEntries(entries.slice(-SAVED_MESSAGES)) };
}

const silent: Log = { info() {}, warn() {} };

export function createSimulation(options: SimulatorOptions): Simulation {
  const log = options.log ?? silent;
  const clock = options.clock ?? { now: () => new Date() };
  const bus = new EventEmitter().setMaxListeners(0);
  const file = snapshotFile(options.stateFile, () => withRecentMessages(simulation.state), log);
  let seen = '';

  const simulation: Simulation = {
    state: file.load(),
    options,
    timing: { ...defaultTiming, ...options.timing },
    clock,
    log,
    media: mediaStore(options.stateFile === null ? null : `${options.stateFile}.media`),
    emit: (event) => void bus.emit('event', event),
    watch(listener) {
      bus.on('event', listener);
      return () => bus.off('event', listener);
    },
    changed: () => file.touch(),
    flush: () => file.flush(),
    now: () => clock.now().getTime(),
    baseUrl() {
      const given = typeof options.publicUrl === 'function' ? options.publicUrl() : options.publicUrl;
      return (given ?? seen).replace(/\/$/, '');
    },
    seenAt(baseUrl) {
      seen = baseUrl;
    },
  };
  simulation.state.apps[options.appId] = {
    id: options.appId,
    secret: options.appSecret,
    verify_token: options.verifyToken,
    webhook_url: null,
  };
  // Faults belong to an experiment, not to the machine: a restart is well again.
  simulation.state.faults = noFaults();
  return simulation;
}

/** Where an app's webhooks go when nothing overrides it. */
export function appWebhookUrl(sim: Simulation, appId: string): string | null {
  const app = sim.state.apps[appId];
  if (!app) return null;
  if (app.webhook_url !== null) return app.webhook_url;
  if (appId !== sim.options.appId) return null;
  return typeof sim.options.webhookUrl === 'function' ? sim.options.webhookUrl() : sim.options.webhookUrl;
}

/** Whether a callback that a caller named may be contacted; see `allowCallbackUrl`. */
export function isCallbackAllowed(sim: Simulation, address: string): boolean {
  if (!URL.canParse(address) || address.length > 200) return false;
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  if (sim.options.allowCallbackUrl) return sim.options.allowCallbackUrl(url);
  if (['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) return true;
  const own = appWebhookUrl(sim, sim.options.appId);
  return own !== null && URL.canParse(own) && new URL(own).origin === url.origin;
}

/**
 * Puts the simulator together: state, webhook engine, statuses, Graph API, control API, phone. It imports nothing of
 * the host program; the host mounts `plugin` under `/simulator`, tests use `startSimulator`.
 */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';

import { simulatorControl } from './control/control.ts';
import type { SimulatorControl } from './control/control.ts';
import { eventStream } from './control/event-stream.ts';
import { requireToken } from './control/require-token.ts';
import { controlRoutes } from './control/routes.ts';
import { dialogRoutes } from './dialog/routes.ts';
import { graphRoutes } from './graph/routes.ts';
import { resumeReviews } from './graph/templates.ts';
import { note, Statuses } from './messages/statuses.ts';
import type { SimulatorOptions } from './options.ts';
import { refuseOtherSites } from './refuse-other-sites.ts';
import { serveFiles } from './serve-files.ts';
import { createSimulation } from './simulation.ts';
import { WebhookEngine } from './webhooks/engine.ts';

export type Simulator = {
  plugin: FastifyPluginAsync;
  control: SimulatorControl;
  /** Resolves when every status was posted and every webhook answered or given up; held ones do not count. */
  idle(): Promise<void>;
  /** Ends streams and tries, and saves. What is unanswered is tried again by the next simulator of the same file. */
  close(): Promise<void>;
};

const BODY_LIMIT = 110 * 1024 * 1024;
const PHONE_FILES = [
  'index.html',
  'phone.css',
  'icon.svg',
  ...['phone', 'api', 'behind', 'bubbles', 'chat', 'dom', 'rich-text'].map((name) => `${name}.js`),
];

export function createSimulator(options: SimulatorOptions): Simulator {
  const sim = createSimulation(options);
  const waiting = new Set<() => void>();
  const engine = new WebhookEngine(sim, { delivered, settled });
  const statuses = new Statuses(sim, engine, settled);
  const control = simulatorControl(sim, engine, statuses);
  let endStreams = () => {};
  let closed: Promise<void> | null = null;

  function delivered(messageIds: string[]): void {
    for (const id of messageIds) {
      const message = sim.state.messages[id];
      if (message?.statuses.at(-1)?.status === 'sent') note(sim, message, 'delivered');
    }
  }

  function settled(): void {
    if (!engine.isIdle() || statuses.planned() > 0) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  function close(): Promise<void> {
    closed ??= (async () => {
      endStreams();
      statuses.clear();
      await engine.close();
      await sim.flush();
      for (const resolve of waiting) resolve();
    })();
    return closed;
  }

  const plugin: FastifyPluginAsync = async (app) => {
    takeBodiesRaw(app);
    app.addHook('onRequest', async (request) => {
      sim.seenAt(`${request.protocol}://${request.host}${app.prefix}`);
    });
    app.addHook('onRequest', refuseOtherSites(options.publicHosts ?? []));
    app.addHook('onListen', async () => {
      engine.start();
      statuses.resume();
      resumeReviews(sim, engine);
    });
    app.addHook('preClose', async () => endStreams());
    app.addHook('onClose', close);
    if (options.controlToken !== undefined) requireToken(app, options.controlToken);
    graphRoutes(app, { sim, engine, statuses });
    controlRoutes(app, sim, control);
    dialogRoutes(app, { sim, engine, control });
    serveFiles(app, '/phone', new URL('./phone/', import.meta.url), PHONE_FILES);
    endStreams = eventStream(app, sim);
  };

  return {
    plugin,
    control,
    idle() {
      return new Promise((resolve) => {
        waiting.add(resolve);
        setImmediate(settled);
      });
    },
    close,
  };
}

/** Graph clients post JSON, forms and multipart; each handler reads the raw bytes itself. */
function takeBodiesRaw(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) => {
    done(null, body);
  });
}

/** The HTTP side of the process: the platform's server with every route, the simulator when it is on, and the browser app. */
import type { FastifyPluginAsync } from 'fastify';
import path from 'node:path';
import type { App } from './app.ts';
import { GraphError } from './graph-api/graph-error.ts';
import { authenticate } from './modules/auth/authenticate.ts';
import { can } from './modules/auth/rules.ts';
import { checkMigrated } from './platform/db/migrate.ts';
import { AppError } from './platform/errors.ts';
import type { ReadinessCheck } from './platform/http/health.ts';
import { createHttpServer, type HttpServer } from './platform/http/server.ts';
import { serveWebApp, type OpenPage } from './platform/http/web-app.ts';
import { addRoutes } from './routes.ts';

const WEB_APP = path.resolve(import.meta.dirname, '../dist/web');

/** Meta offers Embedded Signup through its script alone. Its page is loaded as a whole, so no other page runs beside that script. */
const EMBEDDED_SIGNUP: OpenPage = {
  path: '/connect/embedded-signup',
  scripts: ['https://connect.facebook.net'],
  connections: ['https://www.facebook.com', 'https://graph.facebook.com'],
  frames: ['https://www.facebook.com', 'https://web.facebook.com'],
};

export type WebServerOptions = {
  version: string;
  /** The simulator's routes, mounted under /simulator. */
  simulator: FastifyPluginAsync | null;
  /** Whether the background work of this process runs; null when another process does it. */
  isWorking: (() => boolean) | null;
};

function readinessChecks(app: App, isWorking: WebServerOptions['isWorking']): ReadinessCheck[] {
  const checks: ReadinessCheck[] = [
    { name: 'database', check: () => app.databases.web.query('SELECT').then(() => undefined) },
    { name: 'migrations', check: () => checkMigrated(app.databases.web) },
  ];
  if (!isWorking) return checks;
  const workers = () =>
    isWorking() ? Promise.resolve() : Promise.reject(new Error('The workers are not running.'));
  return [...checks, { name: 'workers', check: workers }];
}

/** A call to Meta that failed while somebody waited for it: what happened and what they can do. */
function explainGraphError(error: unknown): AppError | null {
  if (!(error instanceof GraphError)) return null;
  return new AppError('waba.graph_error', 502, `${error.meaning} ${error.whatToDo}`, {
    graph_code: error.code,
  });
}

/** A server with all routes, not listening yet. */
export async function createWebServer(app: App, options: WebServerOptions): Promise<HttpServer> {
  const server = await createHttpServer({
    publicUrl: app.config.publicUrl,
    version: options.version,
    logger: app.log,
    metrics: app.metrics,
    trustedProxies: app.config.trustedProxies,
    authenticate: (request) => authenticate(app, request),
    can,
    translateError: explainGraphError,
    readiness: readinessChecks(app, options.isWorking),
  });
  await addRoutes(server, app);
  if (options.simulator) await server.register(options.simulator, { prefix: '/simulator' });
  await serveWebApp(server, WEB_APP, app.config.graph.apiUrl === null ? [] : [EMBEDDED_SIGNUP]);
  return server;
}

/** The HTTP side of the process: the platform's server with every route, the simulator when it is on, and the browser app. */
import type { FastifyPluginAsync } from 'fastify';
import path from 'node:path';
import type { App } from './app.ts';
import { authenticate } from './modules/auth/authenticate.ts';
import { can } from './modules/auth/rules.ts';
import { checkMigrated } from './platform/db/migrate.ts';
import { createHttpServer, type HttpServer } from './platform/http/server.ts';
import { serveWebApp } from './platform/http/web-app.ts';
import { addRoutes } from './routes.ts';

const WEB_APP = path.resolve(import.meta.dirname, '../dist/web');

export type WebServerOptions = {
  version: string;
  /** The simulator's routes, mounted under /simulator. */
  simulator: FastifyPluginAsync | null;
};

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
    readiness: [
      { name: 'database', check: () => app.databases.web.query('SELECT').then(() => undefined) },
      { name: 'migrations', check: () => checkMigrated(app.databases.web) },
    ],
  });
  await addRoutes(server, app);
  if (options.simulator) await server.register(options.simulator, { prefix: '/simulator' });
  await serveWebApp(server, WEB_APP);
  return server;
}

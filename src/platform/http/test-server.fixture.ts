/** A server as the tests of this folder use it: callers by name in the Authorization header or a cookie, logs in an array. */
import type { FastifyRequest } from 'fastify';
import { createLogger } from '../log/logger.ts';
import { Metrics } from '../metrics.ts';
import type { HttpActor } from './access.ts';
import { createHttpServer } from './server.ts';
import type { HttpServer, HttpServerOptions } from './server.ts';

/** Who may do what in these tests. */
const PEOPLE: Record<string, string[]> = { olga: ['messages:send'], pavel: [] };

type Person = { name: string; permissions: string[] };

export type TestServer = { server: HttpServer; metrics: Metrics; logs: string[] };

/** Adds the routes, makes the server ready; the caller closes it. */
export async function startTestServer(
  routes: (server: HttpServer) => void | Promise<void>,
  options: Partial<HttpServerOptions> = {},
): Promise<TestServer> {
  const logs: string[] = [];
  const metrics = new Metrics();
  const server = await createHttpServer({
    publicUrl: 'https://inbox.example.org',
    version: '1.2.3',
    logger: createLogger({ level: 'debug', destination: { write: (line) => void logs.push(line) } }),
    metrics,
    readiness: [],
    authenticate: (request) => Promise.resolve(personOf(request) as HttpActor | null),
    can: (actor, permission) => (actor as unknown as Person).permissions.includes(permission),
    ...options,
  });
  await routes(server);
  await server.ready();
  return { server, metrics, logs };
}

function personOf(request: FastifyRequest): Person | null {
  const name = request.headers.authorization?.replace(/^Bearer /, '') ?? request.cookies['session'] ?? '';
  const permissions = Object.hasOwn(PEOPLE, name) ? PEOPLE[name] : undefined;
  return permissions === undefined ? null : { name, permissions };
}

/** One id, one log line and one measurement a request. Logged addresses are scrubbed; metrics know only patterns. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { newId } from '../ids.ts';
import { scrubUrl } from '../log/mask-text.ts';
import type { Metrics } from '../metrics.ts';

/** Asked so often that their success would bury the rest: probes, deliveries (counted and kept elsewhere), files of the app. */
const QUIET = /^\/(healthz|readyz|metrics|webhooks\/.*|\*)$/;

/** The caller's own id when it is short and harmless, otherwise a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : newId();
}

/** Returns the id with every answer, logs the answer and measures it. */
export function observeRequests(server: FastifyInstance, metrics: Metrics): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    metrics.httpDuration.observe(labels, reply.elapsedTime / 1000);
    const line = {
      method: request.method,
      url: scrubUrl(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (QUIET.test(route) && reply.statusCode < 400) request.log.debug(line, 'Answered');
    else request.log.info(line, 'Answered');
    done();
  });
}

function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
}

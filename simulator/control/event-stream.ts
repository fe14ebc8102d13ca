/** `GET /control/events`: server-sent events for the phone page. A page that was cut off simply loads anew. */
import type { FastifyInstance } from 'fastify';

import { publicRoute } from '../public-route.ts';
import type { Simulation } from '../simulation.ts';

const PING_MS = 15_000;
const MAX_BACKLOG = 1024 * 1024;

/** Adds the route. Returns what ends all streams, so that the server can stop. */
export function eventStream(app: FastifyInstance, sim: Simulation): () => void {
  const open = new Set<() => void>();

  app.route({
    ...publicRoute,
    method: 'GET',
    url: '/control/events',
    handler(_request, reply) {
      reply.hijack();
      const stream = reply.raw;
      stream.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      stream.write('retry: 1000\n\nevent: ready\ndata: {}\n\n');
      const unwatch = sim.watch(({ type, data }) => {
        // A reader that sleeps is cut off instead of filling the memory; it connects again and loads anew.
        if (stream.writableLength > MAX_BACKLOG) stop();
        else stream.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
      });
      const ping = setInterval(() => stream.write(': ping\n\n'), PING_MS);
      const stop = () => {
        unwatch();
        clearInterval(ping);
        open.delete(stop);
        stream.end();
      };
      open.add(stop);
      stream.on('close', stop);
    },
  });

  return () => open.forEach((stop) => stop());
}

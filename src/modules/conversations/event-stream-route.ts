/** `GET /api/v1/events`: the inbox's events as server-sent events, under the reader's own row level security. */
import { Readable } from 'node:stream';
import Type from 'typebox';
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { parseCursor, streamEvents, type EventSource } from '../../platform/realtime/event-stream.ts';
import type { Actor } from '../auth/contract.ts';
import { findLiveActor } from '../auth/authenticate.ts';
import { findEventBounds, listEvents } from './queries/events.ts';

/** What one reader may read, asked anew for every batch: its session may have ended, its rights may have changed. */
function eventSourceOf(app: App, actor: Actor): EventSource {
  return {
    bounds: () => asUser(app, actor, findEventBounds),
    after: async (cursor, limit) => {
      const current = await findLiveActor(app, actor);
      return current && asUser(app, current, (tx) => listEvents(tx, cursor, limit));
    },
    wait: (ms, signal) => app.wakeups.wait(actor.organizationId, ms, signal),
  };
}

export function eventStreamRoute(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/events',
    {
      config: { access: 'conversations:read' },
      schema: {
        tags: ['Inbox'],
        description:
          'Server-sent events. Send Last-Event-ID to go on where a lost connection ended; `resync` means fetch everything anew.',
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String()) }),
      },
    },
    (request, reply) => {
      const ended = new AbortController();
      request.raw.once('close', () => ended.abort());
      app.closing.addEventListener('abort', () => ended.abort(), { signal: ended.signal });
      const cursor = parseCursor(request.headers['last-event-id']);
      // Readable waits for a slow reader instead of filling memory.
      const stream = Readable.from(streamEvents(eventSourceOf(app, actorOf(request)), cursor, ended.signal), {
        objectMode: true,
      });
      return reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(stream);
    },
  );
}

/** `GET /api/v1/events`: the inbox's events as server-sent events, under the reader's own row level security. */
import { Readable } from 'node:stream';
import Type from 'typebox';
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { parseCursor, streamEvents, type EventSource } from '../../platform/realtime/event-stream.ts';
import { OpenStreams } from '../../platform/realtime/open-streams.ts';
import { NamedTurns } from '../../platform/turns.ts';
import type { Actor } from '../auth/contract.ts';
import { findLiveActor } from '../auth/authenticate.ts';
import { findEventBounds, listEvents } from './queries/events.ts';

/** Of one person: every window has one, on every device. */
const MOST_STREAMS = 20;
/** Of one organization: an event wakes all of its readers at once, and the others' requests share the database's connections. */
const READS_AT_ONCE = 4;

/** What one reader may read, asked anew for every batch: its session may have ended, its rights may have changed. */
function eventSourceOf(app: App, actor: Actor, reading: NamedTurns): EventSource {
  const inTurn = <T>(read: () => Promise<T>) => reading.take(actor.organizationId, read);
  return {
    bounds: () => inTurn(() => asUser(app, actor, findEventBounds)),
    after: (cursor, limit) =>
      inTurn(async () => {
        const current = await findLiveActor(app, actor);
        return current && asUser(app, current, (tx) => listEvents(tx, cursor, limit));
      }),
    wait: (ms, signal) => app.wakeups.wait(actor.organizationId, ms, signal),
  };
}

function tooManyStreams(): AppError {
  const remedy = `You have the inbox open ${String(MOST_STREAMS)} times already. Close some of them and try again.`;
  return new AppError('conversations.too_many_streams', 429, remedy);
}

/** Adds `GET /api/v1/events`. Throws `conversations.too_many_streams` for one person with too many open. */
export function eventStreamRoute(server: HttpServer, app: App): void {
  const reading = new NamedTurns({ atOnce: READS_AT_ONCE, mostWaiting: Infinity });
  const streams = new OpenStreams(MOST_STREAMS);
  server.get(
    '/api/v1/events',
    {
      config: { access: 'conversations:read' },
      schema: {
        tags: ['Inbox'],
        description:
          'Server-sent events, in twenty streams of one person at most. Send Last-Event-ID to go on where a lost connection ended; `resync` means fetch everything anew.',
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String()) }),
      },
    },
    (request, reply) => {
      const actor = actorOf(request);
      if (!streams.open(actor.userId)) throw tooManyStreams();
      const ended = new AbortController();
      request.raw.once('close', () => {
        streams.close(actor.userId);
        ended.abort();
      });
      app.closing.addEventListener('abort', () => ended.abort(), { signal: ended.signal });
      const cursor = parseCursor(request.headers['last-event-id']);
      // Readable waits for a slow reader instead of filling memory.
      const stream = Readable.from(streamEvents(eventSourceOf(app, actor, reading), cursor, ended.signal), {
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

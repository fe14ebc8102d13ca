/** A reader of `GET /api/v1/events`, as a browser is one: frames in order, with the cursor to go on from. */
import { setTimeout as pause } from 'node:timers/promises';

export type StreamEvent = { id: string | null; event: string; data: Record<string, unknown> };

export type EventReader = {
  status: number;
  /** Everything that came so far. */
  events: StreamEvent[];
  /** The first event of the type that has not been waited for before; throws after the deadline. */
  next(event: string, deadlineMs?: number): Promise<StreamEvent>;
  /** Resolves when the server ends the stream. */
  ended: Promise<void>;
  close(): void;
};

const POLL_MS = 20;

export async function openEventStream(
  url: string,
  token: string,
  lastEventId: string | null = null,
): Promise<EventReader> {
  const hangUp = new AbortController();
  const response = await fetch(`${url}/api/v1/events`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    },
    signal: hangUp.signal,
  });
  const events: StreamEvent[] = [];
  let taken = 0;
  const ended = readFrames(response, (event) => events.push(event)).catch((error: unknown) => {
    if (!hangUp.signal.aborted) throw error;
  });
  return {
    status: response.status,
    events,
    ended,
    close: () => hangUp.abort(),
    async next(event, deadlineMs = 5_000) {
      const until = Date.now() + deadlineMs;
      for (;;) {
        const at = events.findIndex((one, index) => index >= taken && one.event === event);
        const found = events[at];
        if (found) {
          taken = at + 1;
          return found;
        }
        if (Date.now() > until)
          throw new Error(`No ${event} in ${String(deadlineMs)} ms; came: ${JSON.stringify(events)}`);
        await pause(POLL_MS);
      }
    },
  };
}

async function readFrames(response: Response, take: (event: StreamEvent) => void): Promise<void> {
  if (!response.body) throw new Error('The answer has no body.');
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const frames = (rest + chunk).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const event = parseFrame(frame);
      if (event) take(event);
    }
  }
}

/** Null for comments and settings. */
function parseFrame(frame: string): StreamEvent | null {
  const field = (name: string) =>
    frame
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const event = field('event');
  if (event === undefined) return null;
  return { id: field('id') ?? null, event, data: JSON.parse(field('data') ?? '{}') as StreamEvent['data'] };
}

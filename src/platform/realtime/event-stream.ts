/**
 * Server-sent events from the events table: first what happened since the reader's cursor, then what happens. Rows are read under
 * the reader's own row level security, each time anew, so what it may see is decided per event.
 */

/** One row as a reader gets it. */
export type StreamedEvent = { id: number; type: string; data: unknown };

/** What a stream asks of the data; each call runs as the reader. */
export type EventSource = {
  /** Where a reader without a cursor starts, and how far back one with a cursor may start. */
  bounds(): Promise<{ newest: number; forgottenUpTo: number }>;
  /** Events after the cursor, oldest first; null when the reader's session has ended. */
  after(cursor: number, limit: number): Promise<StreamedEvent[] | null>;
  /** Resolves when there may be news, or after `ms` milliseconds. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
};

/** Milliseconds between two signs of life. Proxies close silent connections after 30 to 60 seconds. */
const HEARTBEAT_MS = 15_000;
const BATCH = 200;

/** The cursor a browser sends back after a lost connection; null when there is none or it is not ours. */
export function parseCursor(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

function frame(event: { id: number; type: string; data: unknown }): string {
  return `id: ${String(event.id)}\nevent: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`;
}

/** The text of the stream, until the signal is aborted or the session ends. A cursor too old to go on from gets `resync`. */
export async function* streamEvents(
  source: EventSource,
  start: number | null,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { newest, forgottenUpTo } = await source.bounds();
  const canResume = start !== null && start >= forgottenUpTo && start <= newest;
  let cursor = canResume ? start : newest;
  yield `retry: 1000\n\n`;
  if (start !== null && !canResume) yield frame({ id: cursor, type: 'resync', data: {} });
  else yield `id: ${String(cursor)}\nevent: ready\ndata: {}\n\n`;
  let quietSince = Date.now();
  while (!signal.aborted) {
    // Armed before reading, so that nothing which commits in between is waited for in vain.
    const news = source.wait(Math.max(1, HEARTBEAT_MS - (Date.now() - quietSince)), signal);
    const events = await source.after(cursor, BATCH);
    if (events === null) {
      yield 'event: session-ended\ndata: {}\n\n';
      return;
    }
    if (events.length > 0) {
      cursor = events.at(-1)?.id ?? cursor;
      quietSince = Date.now();
      yield events.map(frame).join('');
    } else if (Date.now() - quietSince >= HEARTBEAT_MS) {
      quietSince = Date.now();
      yield ': alive\n\n';
    }
    if (events.length < BATCH) await news;
  }
}

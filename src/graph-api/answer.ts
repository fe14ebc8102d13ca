/**
 * What an answer of Meta, or its absence, says about the outcome of a call.
 * Must stay true: an answer is read to 1 MiB and believed only when it is whole JSON; whatever leaves the outcome open says so.
 */
import type { Dispatcher } from 'undici';
import { GraphError, readByRepeatability, readGraphError, UNKNOWN_OUTCOME } from './graph-error.ts';
import type { Json } from './json.ts';
import { readRetryAfter } from './retry-after.ts';

const ANSWER_LIMIT_BYTES = 1024 * 1024;

/** How an answer is to be read: whether its call may be made twice, and what must not appear in an error. */
type Reading = { repeatable: boolean; secrets: readonly string[] };

/** The JSON of a successful answer; throws GraphError for every other. */
export async function readAnswer(response: Dispatcher.ResponseData, reading: Reading): Promise<Json> {
  const { statusCode: httpStatus, headers } = response;
  const text = await readLimited(response.body);
  const json = text === null ? undefined : parseJson(text);
  if (json !== undefined) {
    const retryAfterSeconds = readRetryAfter(headers);
    const error = readGraphError(json, { ...reading, httpStatus, retryAfterSeconds });
    if (error !== null) throw error;
    if (httpStatus >= 200 && httpStatus < 300) return json;
  }
  const unreadable = text === null ? 'answer_too_large' : 'answer_unreadable';
  const reason = json === undefined ? unreadable : `http_${String(httpStatus)}`;
  throw unusableAnswer(reason, { httpStatus, repeatable: reading.repeatable });
}

async function readLimited(body: Dispatcher.ResponseData['body']): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > ANSWER_LIMIT_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** An answer came, but not one that tells the outcome: no id, no JSON, no code. */
export function unusableAnswer(
  reason: string,
  { httpStatus, repeatable }: { httpStatus?: number; repeatable: boolean },
): GraphError {
  const status = httpStatus === undefined ? {} : { httpStatus };
  return new GraphError({ ...readByRepeatability(UNKNOWN_OUTCOME, repeatable), reason, ...status });
}

/** No answer came. Whether the request had begun to leave decides the kind. */
export function connectionError(error: unknown, left: boolean, repeatable: boolean): GraphError {
  const reason = reasonOf(error);
  if (left) return new GraphError({ ...readByRepeatability(UNKNOWN_OUTCOME, repeatable), reason });
  return new GraphError({
    kind: 'not_sent',
    reason,
    meaning: 'Meta could not be reached; nothing was sent.',
    whatToDo: 'It is tried again by itself. If this lasts, check the network of the server.',
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'timeout';
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : error.name.slice(0, 60);
}

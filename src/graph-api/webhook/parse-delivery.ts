/**
 * Raw bytes of a webhook to JSON that can be walked, compared and written out again.
 * Must stay true: never throws; the result is nested at most `MOST_LEVELS` deep and JSON.stringify accepts it.
 */
import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { quoteUnsafeNumbers } from './quote-numbers.ts';
import { isNestedDeeper } from './scan-json.ts';

/** Meta's own limit is 3 MB; escaped non-ASCII text may make our count larger. */
export const MOST_BYTES = 8 * 1024 * 1024;
/** The deepest real delivery has about 12 levels. */
export const MOST_LEVELS = 200;

export type ParsedDelivery = { body: JsonObject } | { malformed: string };

export function parseDelivery(rawBody: Uint8Array): ParsedDelivery {
  if (rawBody.length > MOST_BYTES) return { malformed: `larger than ${String(MOST_BYTES)} bytes` };
  if (isNestedDeeper(rawBody, MOST_LEVELS))
    return { malformed: `nested deeper than ${String(MOST_LEVELS)} levels` };
  const text = new TextDecoder().decode(rawBody);
  try {
    const body = JSON.parse(UNSAFE_NUMBER.test(text) ? quoteUnsafeNumbers(text) : text) as Json;
    return isJsonObject(body) ? { body } : { malformed: 'not a JSON object' };
  } catch {
    return { malformed: 'not JSON' };
  }
}

/** Cheap test for a number that a double may not hold; it may also hit inside a text, which costs only time. */
const UNSAFE_NUMBER = /[:[,]\s*-?(?:\d{16}|[\d.]+[eE]\+?\d{3})/;

/**
 * Text and JSON that PostgreSQL takes: `text` refuses NUL, `jsonb` refuses NUL and lone surrogates, and one such
 * character would stop the whole row.
 */
import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

const REPLACEMENT = '\uFFFD';

/** NUL and lone surrogates become U+FFFD; all else stays. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', REPLACEMENT);
}

/** `cleanText` for every text in it, keys too. The value must not be nested deeper than a split delivery is. */
export function cleanJson(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  return isJsonObject(value) ? cleanJsonObject(value) : value;
}

export function cleanJsonObject(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [cleanText(key), cleanJson(member)]),
  );
}

/**
 * Reads JSON of unknown shape without trusting any of it: every reader answers null for what is absent or of another type.
 * Must stay true: nothing here throws, and no key of foreign JSON is ever used to write into an object of ours.
 */

/** Anything that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property; what the prototype offers ("constructor") counts as absent. */
export function own(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function objectAt(value: Json | undefined, key: string): JsonObject | null {
  const found = own(value, key);
  return isJsonObject(found) ? found : null;
}

export function listAt(value: Json | undefined, key: string): Json[] | null {
  const found = own(value, key);
  return Array.isArray(found) ? found : null;
}

/** A text that is not empty. */
export function textAt(value: Json | undefined, key: string): string | null {
  const found = own(value, key);
  return typeof found === 'string' && found !== '' ? found : null;
}

export function booleanAt(value: Json | undefined, key: string): boolean | null {
  const found = own(value, key);
  return typeof found === 'boolean' ? found : null;
}

/** A finite number, given as a number or as its decimal text: Meta sends sizes and times either way. */
export function numberAt(value: Json | undefined, key: string): number | null {
  const found = own(value, key);
  if (typeof found === 'number') return Number.isFinite(found) ? found : null;
  return typeof found === 'string' && /^-?\d{1,15}(\.\d{1,9})?$/.test(found) ? Number(found) : null;
}

/** An identifier as text; Meta writes some of them as numbers. */
export function idAt(value: Json | undefined, key: string): string | null {
  const found = own(value, key);
  if (typeof found === 'number') return Number.isSafeInteger(found) ? String(found) : null;
  return typeof found === 'string' && found !== '' ? found : null;
}

const LATEST_SECOND = 253_402_300_799;
const EARLIEST_SECOND = -62_135_596_800;

/** Unix seconds, as number or text, as a Date; null outside the years 1 to 9999, which databases and people cannot use. */
export function secondsAt(value: Json | undefined, key: string): Date | null {
  const seconds = numberAt(value, key);
  if (seconds === null || seconds > LATEST_SECOND || seconds < EARLIEST_SECOND) return null;
  return new Date(seconds * 1000);
}

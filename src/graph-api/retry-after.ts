/**
 * How long Meta asks to wait, from the headers of an answer.
 * Source: `Retry-After` of RFC 9110; `estimated_time_to_regain_access`, in minutes, of the Graph API's rate limit headers.
 */
import { isJsonObject, listAt, numberAt } from './json.ts';
import type { Json } from './json.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const LONGEST_WAIT_SECONDS = 24 * 60 * 60;

/** Whole seconds, at most a day; null when no header asks for a wait. `now` is for tests. */
export function readRetryAfter(headers: Headers, now: Date = new Date()): number | null {
  const asked = Math.max(retryAfter(headers, now), usageWait(headers));
  return asked > 0 ? Math.min(Math.ceil(asked), LONGEST_WAIT_SECONDS) : null;
}

function retryAfter(headers: Headers, now: Date): number {
  const value = single(headers, 'retry-after');
  if (value === null) return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : (date - now.getTime()) / 1000;
}

/** `{"<account>":[{"type":"whatsapp","estimated_time_to_regain_access":5,…}]}`: the longest wait counts. */
function usageWait(headers: Headers): number {
  const value = single(headers, 'x-business-use-case-usage');
  if (value === null) return 0;
  let usage: Json;
  try {
    usage = JSON.parse(value) as Json;
  } catch {
    return 0;
  }
  if (!isJsonObject(usage)) return 0;
  const minutes = Object.keys(usage)
    .flatMap((account) => listAt(usage, account) ?? [])
    .map((entry) => numberAt(entry, 'estimated_time_to_regain_access') ?? 0);
  return minutes.reduce((longest, wait) => Math.max(longest, wait), 0) * 60;
}

function single(headers: Headers, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value.trim() : null;
}

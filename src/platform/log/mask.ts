/**
 * Makes values safe to log. Redaction by path misses nested keys, strings, error messages and stacks, so every value
 * is walked: secret-named keys lose their value, message texts become a length, phone numbers their middle, and token
 * shapes vanish from every string. What must stay true: the result is new, plain, finite JSON; the input is untouched.
 */
import { maskText, shortenPhone } from './mask-text.ts';

const MASKED = '[masked]';
const MOST_DEPTH = 12;
const MOST_NODES = 2000;
const MOST_ITEMS = 100;

const SECRET_KEY =
  /token|secret|passw|authorization|cookie|api_?key|private_?key|encryption_?key|credential|signature|^pin$|^two_step|^otp$|^jwt$|^challenge$|connection_?string|database_?url/i;
const MESSAGE_KEY = /^(body|text|caption|payload|content|last_message|snippet|draft|title|description)$/i;
const PHONE_KEY =
  /^(phone|phone_?number|wa_?id|from|to|recipient(_?id)?|msisdn|display_?phone_?number|customer_?phone)$/i;
/** Names of secret-looking keys whose value is known to be harmless. */
const HARMLESS_KEY = /^(token_expires_at|token_type|has_\w+|\w+_configured|needs_\w+)$/i;
/** `code` is both OAuth's secret and every error's name: only the shapes of error names stay. */
const ERROR_CODE = /^([A-Z][A-Z0-9_]{2,60}|[a-z][a-z0-9_]*\.[a-z][a-z0-9_.]*|[0-9A-Z]{5})$/;
/** Fields of errors that say what went wrong without repeating the data; PostgreSQL's `detail` does repeat it. */
const ERROR_FIELDS = [
  'code',
  'status',
  'statusCode',
  'kind',
  'severity',
  'constraint',
  'table',
  'schema',
  'column',
  'routine',
  'syscall',
  'details',
];

/** A copy that may be logged. */
export function maskForLog(value: unknown): unknown {
  return new Walk().visit('', value, 0);
}

class Walk {
  readonly #above = new Set<object>();
  #nodes = 0;

  visit(key: string, value: unknown, depth: number): unknown {
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES) return '[left out]';
    if (typeof value === 'string') return maskString(key, value);
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
      return isSecretKey(key) && typeof value === 'number' ? MASKED : value;
    }
    if (typeof value === 'bigint') return value.toString();
    if (typeof value !== 'object') return undefined;
    if (isSecretKey(key)) return MASKED;
    return this.#object(value, depth);
  }

  #object(value: object, depth: number): unknown {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
    if (value instanceof URL) return maskText(value.href);
    if (this.#above.has(value)) return '[circular]';
    if (depth >= MOST_DEPTH) return '[too deep]';
    this.#above.add(value);
    try {
      return this.#members(value, depth + 1);
    } catch {
      return '[unreadable]';
    } finally {
      this.#above.delete(value);
    }
  }

  #members(value: object, depth: number): unknown {
    if (value instanceof Error) return this.#error(value, depth);
    if (value instanceof Map)
      return this.#entries(
        [...value].map(([k, v]) => [String(k), v]),
        depth,
      );
    const list = value instanceof Set ? [...value] : value;
    if (!Array.isArray(list)) return this.#entries(Object.entries(list), depth);
    const items: unknown[] = list.slice(0, MOST_ITEMS).map((item: unknown) => this.visit('', item, depth));
    return list.length > MOST_ITEMS ? [...items, `[${String(list.length - MOST_ITEMS)} more]`] : items;
  }

  #entries(entries: [string, unknown][], depth: number): Record<string, unknown> {
    const masked: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [key, member] of entries) masked[maskText(key)] = this.visit(key, member, depth);
    return masked;
  }

  #error(error: Error, depth: number): Record<string, unknown> {
    const shown: Record<string, unknown> = {
      type: error.name,
      message: maskText(error.message),
      stack: maskText(error.stack ?? ''),
    };
    const fields = error as unknown as Record<string, unknown>;
    for (const name of ERROR_FIELDS) {
      if (fields[name] !== undefined) shown[name] = this.visit(name, fields[name], depth);
    }
    if (error.cause !== undefined) shown['cause'] = this.visit('cause', error.cause, depth);
    if (error instanceof AggregateError) shown['errors'] = this.visit('errors', error.errors, depth);
    return shown;
  }
}

function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) && !HARMLESS_KEY.test(key);
}

function maskString(key: string, value: string): string {
  if (key === 'code') return ERROR_CODE.test(value) ? value : MASKED;
  if (isSecretKey(key)) return value === '' ? '' : MASKED;
  if (MESSAGE_KEY.test(key)) return `[text of ${String(value.length)} characters]`;
  if (PHONE_KEY.test(key)) return shortenPhone(value);
  return maskText(value);
}

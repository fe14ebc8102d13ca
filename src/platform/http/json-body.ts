/**
 * Reads JSON bodies so that nothing dangerous gets past: no nesting that overflows whoever writes the value out again,
 * no keys that reach for prototypes, no characters that PostgreSQL cannot hold. Signed bodies do not come through
 * here; see raw-body.ts.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';

/** Far above what any schema here describes; JSON.stringify overflows at about 5,000. */
const MOST_DEPTH = 64;

/** JSON is the only body that routes take unless they register another parser in a scope of their own. */
export function takeJsonOnly(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser(['application/json', 'text/plain']);
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text === '') {
      done(null, undefined);
      return;
    }
    if (isTooDeep(text)) {
      done(
        new AppError(
          'platform.malformed_json',
          400,
          `The body nests deeper than ${String(MOST_DEPTH)} levels. Flatten it.`,
        ),
      );
      return;
    }
    void parse(request, text, done);
  });
  server.addHook('preValidation', (request, _reply, done) => {
    // A plain `curl -X POST` sends none: enough where no field is needed, and elsewhere the fields that are missing are named.
    if (request.body === undefined && request.routeOptions.schema?.body !== undefined) request.body = {};
    done(hasUnstorableText(request) ? unstorable() : undefined);
  });
}

function unstorable(): AppError {
  const remedy =
    'A text in the request has a NUL character or half of a character pair. Remove it and send again.';
  return new AppError('platform.invalid_characters', 400, remedy);
}

function hasUnstorableText(request: FastifyRequest): boolean {
  return [request.body, request.query, request.params].some(isUnstorable);
}

/** PostgreSQL's text refuses U+0000, its jsonb also lone surrogates. Keys count as well. */
function isUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed();
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  if (Array.isArray(value)) return value.some(isUnstorable);
  if (!isPlain(value)) return false;
  return Object.entries(value).some(([key, member]) => isUnstorable(key) || isUnstorable(member));
}

/** Streams, files and forms of other parsers are not walked. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** Counts brackets outside strings without building anything. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === BACKSLASH) at += 1;
      else if (character === QUOTE) inString = false;
    } else if (character === QUOTE) inString = true;
    else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      depth += 1;
      if (depth > MOST_DEPTH) return true;
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) depth -= 1;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

/**
 * The one way to the server: JSON over the same-origin cookies that the server sets. No token is ever seen here.
 * A 401 renews the session once and repeats the request; when that fails, everybody who listens learns that
 * the person is signed out.
 */
import { renewSession } from './session.ts';

/** A field that the server refused, named by its path in the body. */
export type FieldError = { path: string; message: string };

/** The server's answer was an error (RFC 9457; the simulator says `error`). `message` is written for the person. */
export class ApiError extends Error {
  status: number;
  code: string;
  requestId: string | null;
  fields: FieldError[];
  /** Seconds the server asked us to wait, or null. */
  retryAfter: number | null;

  constructor(status: number, problem: Record<string, unknown>, retryAfter: number | null = null) {
    super(
      text(problem['detail']) ??
        text(problem['error']) ??
        text(problem['title']) ??
        `The server answered with ${status}.`,
    );
    this.name = 'ApiError';
    this.status = status;
    this.code = text(problem['code']) ?? `http.${status}`;
    this.requestId = text(problem['request_id']);
    this.fields = readFields(problem['errors']);
    this.retryAfter = retryAfter;
  }
}

/** No answer came: the network or the server is down. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('No connection to the server. Check your network and try again.', { cause });
    this.name = 'NetworkError';
  }
}

export type RequestOptions = {
  body?: unknown;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Paths whose 401 means "wrong password", not "session over". */
const signingIn = /^\/api\/v1\/auth\/(login|register|sign-in-link|refresh|logout)$/;

/**
 * Sends one request and gives the JSON of the answer (undefined for 204).
 * @throws ApiError for an error answer, NetworkError when none came, AbortError when `signal` aborts.
 */
export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  return (await requestTagged<T>(method, path, options)).value;
}

/** An answer with its version: sent along with a change, it keeps what somebody else has saved since from being overwritten unseen. */
export type Tagged<T> = { value: T; tag: string | null };

/** The header that a change of this version carries. */
export const ifMatch = (tag: string | null): Record<string, string> =>
  tag === null ? {} : { 'if-match': tag };

/** As `request`, with the version of the answer. */
export async function requestTagged<T>(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<Tagged<T>> {
  const startedAt = Date.now();
  let response = await send(method, path, options);
  if (response.status === 401 && !signingIn.test(path) && !(await asksForProof(response))) {
    if (await renewSession(startedAt)) response = await send(method, path, options);
  }
  if (!response.ok) throw await readError(response);
  const value: unknown = response.status === 204 ? undefined : await response.json();
  return { value: value as T, tag: response.headers.get('etag') };
}

/** The session is good, but too old for this: renewing it would prove nothing. See features/sign-in/confirm-identity.tsx. */
async function asksForProof(response: Response): Promise<boolean> {
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return typeof problem === 'object' && problem !== null && 'code' in problem
    ? problem.code === 'auth.sign_in_again'
    : false;
}

async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (method === 'POST' || method === 'PUT' || method === 'PATCH' || options.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(options.body ?? {});
  }
  if (options.signal) init.signal = options.signal;
  try {
    return await fetch(path + queryString(options.query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new NetworkError(error);
  }
}

function queryString(query: RequestOptions['query']): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const encoded = params.toString();
  return encoded ? `?${encoded}` : '';
}

async function readError(response: Response): Promise<ApiError> {
  const problem: unknown = await response.json().catch(() => null);
  const seconds = Number(response.headers.get('retry-after'));
  const known = typeof problem === 'object' && problem !== null ? (problem as Record<string, unknown>) : {};
  return new ApiError(response.status, known, Number.isFinite(seconds) && seconds > 0 ? seconds : null);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function readFields(errors: unknown): FieldError[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { path, field, message } = entry as Record<string, unknown>;
    const name = text(path) ?? text(field);
    return name
      ? [{ path: name.replace(/^[/.]?(body[/.])?/, ''), message: text(message) ?? 'Not valid' }]
      : [];
  });
}

/** What to tell the person about any error. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError || error instanceof NetworkError) return error.message;
  return 'Something went wrong here. Reload the page and try again.';
}

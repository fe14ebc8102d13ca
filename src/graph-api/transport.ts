/**
 * One HTTP exchange with the Graph API: what may leave, what is believed of the answer, and how sure we are of the outcome.
 * Must stay true: the token goes to the configured origin only and redirects are not followed; a call that failed before
 * its first byte left is `not_sent`, one that failed later `temporary_unknown`; nothing is ever repeated here.
 */
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { Dispatcher, FormData } from 'undici';
import { connectionError, readAnswer } from './answer.ts';
import { GraphError } from './graph-error.ts';
import type { Json, JsonObject } from './json.ts';
import { appSecretProof } from './signature.ts';

/** An access token; with the secret of the app it belongs to, calls carry `appsecret_proof`. */
export type GraphToken = string | { readonly accessToken: string; readonly appSecret?: string };

export type GraphClientOptions = {
  /** Scheme, host and perhaps a path, without version: `https://graph.facebook.com`. */
  apiUrl: string;
  /** `v25.0`. */
  apiVersion: string;
  /** The longest that one call may take, in milliseconds; 20 seconds when absent. */
  timeoutMs?: number;
  /** The secret of the app that plain string tokens belong to. */
  appSecret?: string;
  /** Connections to Meta at a time; 256 when absent. More calls wait, within their time-out. */
  maxConnections?: number;
  /** Called when an answer begins to arrive, before it is read. */
  onAnswer?: () => Promise<void> | undefined;
};

/** A call before it is sent. `path` begins after the version: `/123/messages`. */
export type GraphCall = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  token: GraphToken | null;
  /** True when making the call twice does no harm. */
  repeatable: boolean;
  query?: Record<string, string>;
  json?: JsonObject;
  form?: FormData;
  /** Further secrets in the call, to be kept out of errors. */
  secrets?: readonly string[];
  timeoutMs?: number;
};

export type GraphTransport = {
  call(call: GraphCall): Promise<Json>;
  /** For the one exchange that does not go to the API's own origin: the download of media. */
  readonly agent: Dispatcher;
  readonly timeoutMs: number;
  close(): Promise<void>;
};

const CONNECT_TIMEOUT_MS = 10_000;
export const USER_AGENT = 'whatsapp-graph-client/1';

/** Throws a TypeError when the address or the version cannot be used. */
export function createGraphTransport(options: GraphClientOptions): GraphTransport {
  const base = readBase(options);
  const timeoutMs = options.timeoutMs ?? 20_000;
  const agent = new Agent({
    connections: options.maxConnections ?? 256,
    // Over HTTP/2 a request may be moved to another connection; what was sent must stay what we know was sent.
    allowH2: false,
    pipelining: 1,
    connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs) },
  });
  return {
    agent,
    timeoutMs,
    call: (call) =>
      exchange({ ...options, agent, base, timeoutMs, appSecret: options.appSecret ?? null }, call),
    close: () => agent.close(),
  };
}

type Connection = Pick<GraphClientOptions, 'onAnswer'> & {
  agent: Agent;
  base: string;
  timeoutMs: number;
  appSecret: string | null;
};

function readBase({ apiUrl, apiVersion }: GraphClientOptions): string {
  const url = new URL(apiUrl);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!['https:', 'http:'].includes(url.protocol) || !plain)
    throw new TypeError('apiUrl must be an http(s) address without credentials, query or fragment');
  if (!/^v\d{1,3}\.\d{1,3}$/.test(apiVersion)) throw new TypeError('apiVersion must look like "v25.0"');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/${apiVersion}`;
}

async function exchange(connection: Connection, call: GraphCall): Promise<Json> {
  const { accessToken, appSecret } = credentialsOf(call.token, connection.appSecret);
  const url = new URL(connection.base + call.path);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  if (accessToken !== null && appSecret !== null)
    url.searchParams.set('appsecret_proof', appSecretProof(accessToken, appSecret));
  const outgoing = new OutgoingBody(call);
  const signal = AbortSignal.timeout(call.timeoutMs ?? connection.timeoutMs);
  try {
    const answered = request(url, {
      dispatcher: connection.agent,
      method: call.method,
      headers: {
        accept: 'application/json',
        'user-agent': USER_AGENT,
        ...(accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }),
        ...outgoing.headers,
      },
      body: outgoing.body,
      signal,
    });
    const response = await withinTime(answered, signal);
    await connection.onAnswer?.();
    const secrets = [accessToken, appSecret, ...(call.secrets ?? [])].filter((secret) => secret !== null);
    return await readAnswer(response, { repeatable: call.repeatable, secrets });
  } catch (error) {
    throw error instanceof GraphError ? error : connectionError(error, outgoing.left, call.repeatable);
  }
}

/**
 * Ends the wait when the time is over. undici itself notices that only when a waiting call gets its connection, and then
 * drops it unsent.
 */
async function withinTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Reads a token, refusing what could not stand in a header: such a call would only be refused by Meta, or worse. */
export function credentialsOf(
  token: GraphToken | null,
  defaultSecret: string | null,
): { accessToken: string | null; appSecret: string | null } {
  if (token === null) return { accessToken: null, appSecret: null };
  const accessToken = typeof token === 'string' ? token : token.accessToken;
  if (!/^[\x21-\x7e]{1,4096}$/.test(accessToken))
    throw new GraphError({
      kind: 'token',
      reason: 'unusable_token',
      meaning: 'There is no usable access token.',
      whatToDo: 'Connect the WhatsApp account again.',
    });
  const appSecret = typeof token === 'string' ? defaultSecret : (token.appSecret ?? null);
  return { accessToken, appSecret: appSecret === '' ? null : appSecret };
}

/**
 * The body of a call, which notes when its first byte is asked for: only then has a connection been made and used.
 * Calls without a JSON body are all repeatable, so they need no such proof and count as having left.
 */
class OutgoingBody {
  readonly headers: Record<string, string> = {};
  readonly body: Readable | FormData | null;
  left: boolean;

  constructor({ json, form }: GraphCall) {
    this.left = json === undefined;
    if (json === undefined) {
      this.body = form ?? null;
      return;
    }
    const bytes = Buffer.from(JSON.stringify(json));
    this.headers = { 'content-type': 'application/json', 'content-length': String(bytes.length) };
    // undici takes any async iterable, which its types leave out. It reads a stream ahead even of a call it gives up.
    this.body = this.#noticing(bytes) as unknown as Readable;
  }

  async *#noticing(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    this.left = true;
    yield bytes;
  }
}

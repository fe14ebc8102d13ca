/** A Graph request as its handlers see it: who calls, with which parameters, from query, JSON, form or multipart alike. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHmac } from 'node:crypto';

import type { Simulation } from '../simulation.ts';
import type { Account, PhoneNumber, Token } from '../state/state.ts';
import type { Statuses } from '../messages/statuses.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { GraphApiError, unknownObject } from './graph-error.ts';

export type GraphContext = { sim: Simulation; engine: WebhookEngine; statuses: Statuses };

export type GraphRequest = GraphContext & {
  method: string;
  /** Path parts after the version. */
  path: string[];
  query: Record<string, string>;
  /** Query and body together; the body wins. */
  params: Record<string, unknown>;
  file: { bytes: Buffer; mimeType: string; filename: string } | null;
  token: Token;
  reply: FastifyReply;
};

export type RawParameters = Pick<GraphRequest, 'query' | 'params' | 'file'>;

/** Reads the parameters of a request, whichever way they were sent. */
export async function readParameters(request: FastifyRequest): Promise<RawParameters> {
  const query = request.query as Record<string, string>;
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/form-data')) return readMultipart(bytes, contentType, query);
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    const form = Object.fromEntries(new URLSearchParams(bytes.toString('utf8')));
    return { query, params: { ...query, ...withParsedJson(form) }, file: null };
  }
  return { query, params: { ...query, ...readJson(bytes) }, file: null };
}

function readJson(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (value !== null && typeof value === 'object' && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Falls through to the same answer as for JSON that is no object.
  }
  throw new GraphApiError(100, { message: '(#100) The request body is not a JSON object.' });
}

/** In forms, Meta takes nested objects as JSON text. */
function withParsedJson(form: Record<string, string>): Record<string, unknown> {
  const parsed: Record<string, unknown> = { ...form };
  for (const [key, value] of Object.entries(form)) {
    if (!/^[[{]/.test(value)) continue;
    try {
      parsed[key] = JSON.parse(value);
    } catch {
      parsed[key] = value;
    }
  }
  return parsed;
}

async function readMultipart(
  bytes: Buffer,
  contentType: string,
  query: Record<string, string>,
): Promise<RawParameters> {
  const params: Record<string, unknown> = { ...query };
  let file: RawParameters['file'] = null;
  let form: FormData;
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- bodies are bounded, and this is a stand-in for tests
    form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new GraphApiError(100, { message: '(#100) The multipart body could not be read.' });
  }
  for (const [name, value] of form) {
    if (typeof value === 'string') params[name] = value;
    else file = { bytes: Buffer.from(await value.arrayBuffer()), mimeType: value.type, filename: value.name };
  }
  return { query, params, file };
}

/** The token of a request, checked. Throws Meta's 190. */
export function authenticate(sim: Simulation, request: FastifyRequest, params: RawParameters): Token {
  const header = request.headers.authorization ?? '';
  const given = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(header)?.[1] ?? params.params['access_token'];
  if (typeof given !== 'string' || given.trim() === '')
    throw new GraphApiError(190, { message: 'An access token is required to request this resource.' });
  const token = checkToken(sim, given.trim());
  checkProof(sim, token, params.params['appsecret_proof']);
  return token;
}

/** A wrong proof is always refused, a missing one only where the app demands it. The literal app token needs none. */
function checkProof(sim: Simulation, token: Token, proof: unknown): void {
  if (token.type === 'APP') return;
  if (proof === undefined) {
    if (!sim.state.faults.require_proof) return;
    throw new GraphApiError(100, {
      message: 'API calls from the server require an appsecret_proof argument',
      type: 'GraphMethodException',
    });
  }
  const secret = sim.state.apps[token.app_id]?.secret ?? '';
  if (proof !== createHmac('sha256', secret).update(token.token).digest('hex'))
    throw new GraphApiError(100, {
      message: 'Invalid appsecret_proof provided in the API argument',
      type: 'GraphMethodException',
    });
}

/** The token behind a text. Throws Meta's 190 with the subcode that tells why. */
export function checkToken(sim: Simulation, text: string): Token {
  const app = Object.values(sim.state.apps).find((one) => text === `${one.id}|${one.secret}`);
  if (app)
    return {
      token: text,
      app_id: app.id,
      type: 'APP',
      waba_ids: null,
      scopes: [],
      issued_at: 0,
      expires_at: null,
      revoked: null,
    };
  const token = sim.state.tokens[text];
  if (!token)
    throw new GraphApiError(190, { message: 'Invalid OAuth access token - Cannot parse access token' });
  if (token.revoked !== null)
    throw new GraphApiError(190, {
      message:
        'Error validating access token: The session has been invalidated because the access was withdrawn.',
      subcode: token.revoked,
    });
  if (token.expires_at !== null && token.expires_at <= sim.now())
    throw new GraphApiError(190, {
      message: `Error validating access token: Session has expired on ${new Date(token.expires_at).toUTCString()}.`,
      subcode: 463,
    });
  return token;
}

export function findAccount(request: GraphRequest, id: string): Account | null {
  const account = request.sim.state.accounts[id];
  return account && mayTouch(request.token, account.waba_id) ? account : null;
}

export function findNumber(request: GraphRequest, id: string): PhoneNumber | null {
  const number = request.sim.state.numbers[id];
  return number && mayTouch(request.token, number.waba_id) ? number : null;
}

/** The account that the first path part names, or Meta's "does not exist". */
export function getAccount(request: GraphRequest): Account {
  const id = request.path[0] ?? '';
  const account = findAccount(request, id);
  if (!account) throw unknownObject(id, request.method);
  return account;
}

/** The number that the first path part names, or Meta's "does not exist". */
export function getNumber(request: GraphRequest): PhoneNumber {
  const id = request.path[0] ?? '';
  const number = findNumber(request, id);
  if (!number) throw unknownObject(id, request.method);
  return number;
}

function mayTouch(token: Token, wabaId: string): boolean {
  return token.waba_ids === null || token.waba_ids.includes(wabaId);
}

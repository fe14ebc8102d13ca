/** An HTTP client as a program would be: a token, JSON in and out, nothing hidden. */
import { randomBytes } from 'node:crypto';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { learnSecrets, lookForSecrets, rememberSecret } from './secret-watch.ts';

export type Answer<T = unknown> = { status: number; headers: Headers; body: T };

export type RequestOptions = {
  method?: string;
  token?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
};

/** One request. A body that is no string or bytes is sent as JSON; an answer that is JSON is parsed. */
export async function request<T = unknown>(url: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const headers = new Headers(options.headers);
  if (options.token) headers.set('authorization', `Bearer ${options.token}`);
  rememberSecret(options.token ?? '');
  learnSecrets(options.body);
  const raw = typeof options.body === 'string' || options.body instanceof Uint8Array;
  if (options.body !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'application/json');
  const body =
    options.body === undefined ? null : raw ? (options.body as string) : JSON.stringify(options.body);
  const response = await fetch(url, {
    method: options.method ?? (body === null ? 'GET' : 'POST'),
    headers,
    body,
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const answer = (isJson && text !== '' ? JSON.parse(text) : text) as T;
  learnSecrets(answer);
  if (response.status >= 400) lookForSecrets(`the error answer of ${new URL(url).pathname}`, text);
  return { status: response.status, headers: response.headers, body: answer };
}

/** Every owner's. */
export const OWNER_PASSWORD = 'a long enough password';

/** A new organization with its signed-in owner. */
export async function registerOwner(url: string, name = 'Robin Vale'): Promise<SessionAnswer> {
  const unique = randomBytes(6).toString('hex');
  const answer = await request<SessionAnswer>(`${url}/api/v1/auth/register`, {
    body: {
      name,
      email: `owner-${unique}@example.test`,
      password: OWNER_PASSWORD,
      organization_name: `Firm ${unique}`,
    },
  });
  if (answer.status !== 201)
    throw new Error(`Registering answered ${String(answer.status)}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

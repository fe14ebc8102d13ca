/** Connecting as a browser does it: a state from the server, the simulator's consent page, the way back, step by step. */
import type { Connection, ConsentStart } from '../../src/modules/waba/contract.ts';
import { request, type Answer } from './api.ts';
import type { TestSwitchboard } from './switchboard.ts';

export async function startConsent(
  { url }: Pick<TestSwitchboard, 'url'>,
  token: string,
  kind: 'oauth' | 'embedded_signup' = 'oauth',
): Promise<ConsentStart> {
  const answer = await request<ConsentStart>(`${url}/api/waba/oauth/start`, { token, body: { kind } });
  if (answer.status !== 201) throw new Error(`Starting answered ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Presses Allow (or Cancel, with no account) on the consent page; the query with which the browser comes back. */
export async function consentTo(start: ConsentStart, wabaIds: string[]): Promise<URLSearchParams> {
  const dialog = new URL(start.dialog_url);
  const form = new URLSearchParams(dialog.search);
  form.set('decision', wabaIds.length > 0 ? 'allow' : 'deny');
  for (const id of wabaIds) form.append('waba_id', id);
  const answer = await fetch(dialog.origin + dialog.pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    redirect: 'manual',
  });
  const back = answer.headers.get('location');
  if (back === null) throw new Error(`The consent page answered ${String(answer.status)}`);
  return new URL(back).searchParams;
}

/** The page that the browser came back to posts what it brought, as it is. */
export function finishConsent(
  { url }: Pick<TestSwitchboard, 'url'>,
  token: string,
  brought: Record<string, string>,
): Promise<Answer<Connection>> {
  return request<Connection>(`${url}/api/waba/oauth/callback`, { token, body: brought });
}

export function continueConnection(
  { url }: Pick<TestSwitchboard, 'url'>,
  token: string,
  id: string,
): Promise<Answer<Connection>> {
  return request<Connection>(`${url}/api/waba/connections/${id}/continue`, {
    token,
    method: 'POST',
    body: {},
  });
}

/** Goes on until nothing is left to do or something stops it. */
export async function goOn(
  switchboard: Pick<TestSwitchboard, 'url'>,
  token: string,
  begun: Connection,
): Promise<Connection> {
  let connection = begun;
  while (connection.status === 'running')
    connection = (await continueConnection(switchboard, token, connection.id)).body;
  return connection;
}

/** The whole way: consent to accounts, back, and to the end. */
export async function connectByConsent(
  switchboard: Pick<TestSwitchboard, 'url'>,
  token: string,
  wabaIds: string[],
): Promise<Connection> {
  const start = await startConsent(switchboard, token);
  const back = await consentTo(start, wabaIds);
  const finished = await finishConsent(switchboard, token, Object.fromEntries(back));
  return goOn(switchboard, token, finished.body);
}

/** Connecting a WhatsApp Business Account in one call, with a token or a code: the same steps that a screen goes one by one. */
import type { App } from '../../app.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { getStatus } from './account-status.ts';
import { beginWithToken, type Connector } from './begin-connection.ts';
import { runConnection } from './continue-connection.ts';
import type { ConnectBody, Connection, TokenConnectionBody, WabaAccount } from './contract.ts';
import { takeCode } from './exchange-code.ts';
import { presentAttempt } from './present-attempt.ts';
import type { Attempt } from './queries/attempts.ts';

/** Goes on with an attempt to its end. Throws the error that stopped it. */
export async function connectToTheEnd(app: App, actor: Connector, begun: Attempt): Promise<WabaAccount> {
  if (begun.status === 'failed' && begun.error)
    throw new AppError(begun.error.code, 422, begun.error.message);
  const done = await runConnection(app, actor, begun.id);
  const account = (await getStatus(app, actor)).accounts.find((one) => one.waba_id === done.waba_id);
  if (!account) throw notFound('account');
  return account;
}

/** Throws when neither or both of token and code are given, and what the steps throw; nothing is connected then. */
export async function connectAccount(app: App, actor: Connector, body: ConnectBody): Promise<WabaAccount> {
  const { access_token, code, waba_id } = body;
  if (access_token !== undefined && code === undefined)
    return connectToTheEnd(app, actor, await beginWithToken(app, actor, { access_token, waba_id }));
  if (code !== undefined && access_token === undefined)
    return connectToTheEnd(app, actor, await takeCode(app, actor, { code, waba_id }));
  throw new AppError('waba.token_or_code', 400, 'Give either an access_token or a code, not both.');
}

/** Begins with a token; the screen goes on step by step. */
export async function beginConnection(
  app: App,
  actor: Connector,
  body: TokenConnectionBody,
): Promise<Connection> {
  return presentAttempt(await beginWithToken(app, actor, body), app.clock.now());
}

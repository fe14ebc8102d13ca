/**
 * Trading a code for a token. A code lives 30 seconds and works once, so this happens in the request that brings it, before anything
 * else; the attempt is marked first, in a commit of its own. Whatever then happens, the code is never tried again.
 */
import { randomUUID } from 'node:crypto';
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import { attemptTokenPlace, beginWithCode, hashState, type Connector } from './begin-connection.ts';
import type { Connection, ConsentAnswer } from './contract.ts';
import { getMetaApp } from './meta-app.ts';
import { presentAttempt } from './present-attempt.ts';
import {
  leaseAttempt,
  saveAttempt,
  takeState,
  type Attempt,
  type AttemptChange,
} from './queries/attempts.ts';
import { explainFailure } from './rules-connecting.ts';

/** One answer for every state that does not fit, so that nobody learns whose it was or why. */
const STATE_INVALID = new AppError(
  'waba.state_invalid',
  400,
  'This way back from Meta was used already, is older than ten minutes, or was begun in another session. Start connecting again.',
);

const DECLINED = {
  code: 'waba.declined',
  message: 'You did not give the permission. Nothing was connected.',
  can_continue: false,
};

const DIALOG_FAILED = {
  code: 'waba.dialog_failed',
  message: 'Facebook ended the dialog with an error. Nothing was connected; try again in a moment.',
  can_continue: false,
};

async function exchange(app: App, attempt: Attempt, code: string): Promise<AttemptChange> {
  const meta = await getMetaApp(app, attempt.organization_id);
  try {
    const token = await app.graph.exchangeCode(meta, {
      code,
      ...(attempt.redirect_uri === null ? {} : { redirectUri: attempt.redirect_uri }),
    });
    return {
      step: 'inspect',
      access_token: app.secretBox.seal(token.accessToken, attemptTokenPlace(attempt.id)),
    };
  } catch (error) {
    const failure = explainFailure('exchange', error);
    if (!failure) throw error;
    const { code: name, message } = failure.error;
    return { status: 'failed', error: { code: name, message, can_continue: false } };
  }
}

function wasDeclined({ error }: ConsentAnswer): boolean {
  return error === undefined || error === 'access_denied';
}

function save(
  app: App,
  actor: Connector,
  lease: { id: string; lease: string },
  change: AttemptChange,
): Promise<Attempt | undefined> {
  return asUser(app, actor, (tx) => saveAttempt(tx, lease, change));
}

/**
 * The browser is back from the dialog. Takes the state, and the code if there is one.
 * @throws AppError `waba.state_invalid`; a refusal in the dialog or of the code is an answer, not an error
 */
export async function finishConsent(app: App, actor: Connector, answer: ConsentAnswer): Promise<Connection> {
  const lease = randomUUID();
  const { sessionId } = actor;
  const attempt = sessionId
    ? await asUser(app, actor, (tx) => takeState(tx, { hash: hashState(answer.state), sessionId, lease }))
    : undefined;
  if (!attempt) throw STATE_INVALID;
  const claims = { waba_id: answer.waba_id ?? null, phone_number_id: answer.phone_number_id ?? null };
  const { code } = answer;
  const change: AttemptChange =
    code === undefined
      ? { status: 'cancelled', step: 'consent', error: wasDeclined(answer) ? DECLINED : DIALOG_FAILED }
      : { ...claims, ...(await exchange(app, attempt, code)) };
  const saved = await save(app, actor, { id: attempt.id, lease }, change);
  return presentAttempt(saved ?? attempt, app.clock.now());
}

/** Begins with a code that a program brings, and exchanges it. */
export async function takeCode(
  app: App,
  actor: Connector,
  given: { code: string; waba_id: string; phone_number_id?: string; redirect_uri?: string },
): Promise<Attempt> {
  const { code, ...claim } = given;
  const begun = await beginWithCode(app, actor, claim);
  const lease = randomUUID();
  await asUser(app, actor, (tx) => leaseAttempt(tx, begun.id, lease));
  const saved = await save(app, actor, { id: begun.id, lease }, await exchange(app, begun, code));
  return saved ?? begun;
}

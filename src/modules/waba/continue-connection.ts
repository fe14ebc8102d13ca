/**
 * Takes an attempt to connect one step further. Each step is claimed by a lease, done outside any transaction, and saved, so that
 * after an error, a crash or a closed tab whoever asks next goes on where it stopped; two who ask at once never do the same step.
 */
import { randomUUID } from 'node:crypto';
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { attemptTokenPlace, type Connector } from './begin-connection.ts';
import { doStep } from './connection-steps.ts';
import type { Connection } from './contract.ts';
import { getMetaApp } from './meta-app.ts';
import { presentAttempt } from './present-attempt.ts';
import {
  cancelAttempt,
  chooseAttemptAccount,
  findAttempt,
  leaseAttempt,
  saveAttempt,
  type Attempt,
  type AttemptChange,
} from './queries/attempts.ts';
import { explainFailure } from './rules-connecting.ts';

async function runStep(app: App, actor: Connector, attempt: Attempt): Promise<AttemptChange> {
  const meta = await getMetaApp(app, actor.organizationId);
  if (meta.appId !== attempt.app_id)
    throw new AppError(
      'waba.app_changed',
      409,
      'Another Meta app is configured since this was begun. Begin anew.',
    );
  const accessToken =
    attempt.access_token === null
      ? ''
      : app.secretBox.open(attempt.access_token, attemptTokenPlace(attempt.id));
  const token = { accessToken, appSecret: meta.appSecret };
  return doStep({ app, actor, meta, attempt, accessToken, token });
}

type StepResult = { change: AttemptChange; error: AppError | null };

/** A refusal or a failure of Meta is what the step came to; anything else is a bug and is thrown. */
async function tryStep(app: App, actor: Connector, attempt: Attempt): Promise<StepResult> {
  try {
    return { change: await runStep(app, actor, attempt), error: null };
  } catch (error) {
    const failure = explainFailure(attempt.step, error);
    if (!failure) throw error;
    const { code, message } = failure.error;
    app.log.warn({ err: error, attempt_id: attempt.id, step: attempt.step }, 'Connecting stopped');
    return {
      error: failure.error,
      change: {
        status: 'failed',
        error: { code, message, can_continue: failure.canContinue },
        // What nobody can go on with needs no token.
        ...(failure.canContinue ? {} : { access_token: null }),
      },
    };
  }
}

/** Does one step, if there is one to do and nobody else does it. */
async function advance(
  app: App,
  actor: Connector,
  id: string,
): Promise<{ attempt: Attempt; error: AppError | null }> {
  const lease = randomUUID();
  const leased = await asUser(app, actor, (tx) => leaseAttempt(tx, id, lease));
  const result = leased ? await tryStep(app, actor, leased) : null;
  const attempt = await asUser(app, actor, async (tx) => {
    const saved = result ? await saveAttempt(tx, { id, lease }, result.change) : undefined;
    return saved ?? (await findAttempt(tx, id));
  });
  if (!attempt) throw notFound('connection');
  return { attempt, error: result?.error ?? null };
}

/** One step further, for a screen that shows each. Throws 404 for an attempt that is not one's own. */
export async function continueConnection(app: App, actor: Connector, id: string): Promise<Connection> {
  const { attempt } = await advance(app, actor, id);
  return presentAttempt(attempt, app.clock.now());
}

/**
 * All steps to the end, for programs.
 * @throws AppError of the step that failed; its details name the attempt, which can be gone on with when the error may pass
 */
export async function runConnection(app: App, actor: Connector, id: string): Promise<Attempt> {
  for (;;) {
    const { attempt, error } = await advance(app, actor, id);
    if (error)
      throw new AppError(error.code, error.status, error.message, {
        ...(typeof error.details === 'object' ? error.details : {}),
        connection_id: id,
      });
    if (attempt.status === 'done') return attempt;
    if (attempt.status !== 'running' || attempt.lease !== null)
      throw new AppError(
        'waba.connection_busy',
        409,
        'Another request goes on with this connection, or it was ended. Look at it, then try again.',
        { connection_id: id },
      );
  }
}

/** The person names the account. Throws 404, or 409 when the attempt does not wait for that or the consent does not cover it. */
export async function chooseAccount(
  app: App,
  actor: Connector,
  id: string,
  wabaId: string,
): Promise<Connection> {
  const attempt = await asUser(app, actor, async (tx) => {
    const known = await findAttempt(tx, id);
    if (!known) throw notFound('connection');
    const choices = known.choices ?? [];
    const isCovered = choices.length === 0 || choices.some((choice) => choice.waba_id === wabaId);
    const chosen = isCovered ? await chooseAttemptAccount(tx, id, wabaId) : undefined;
    if (chosen) return chosen;
    throw new AppError(
      'waba.account_not_granted',
      409,
      'This account is not among those that the consent covers. Choose one of them.',
    );
  });
  return presentAttempt(attempt, app.clock.now());
}

/** Ends an attempt and forgets its token. Throws 404 when there is none to end. */
export async function cancelConnection(app: App, actor: Connector, id: string): Promise<void> {
  const ended = await asUser(app, actor, (tx) => cancelAttempt(tx, id));
  if (!ended) throw notFound('connection');
}

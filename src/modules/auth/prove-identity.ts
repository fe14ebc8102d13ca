/** Somebody who is signed in proves that it is them: by their password, and a code when they have a second factor. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { ACCESS_TOKEN_SECONDS, issueAccessToken } from './access-token.ts';
import type { Actor, ProofBody, ReauthenticateAnswer } from './contract.ts';
import { passwordRefused, sessionEnded } from './errors.ts';
import { personLimit, settleGuess, takeGuess } from './guess-limits.ts';
import { describeMe } from './open-session.ts';
import { isPassword, refuseWhenBusy } from './password.ts';
import { findMe } from './queries.ts';
import { confirmSession, findMyCredentials, type OwnCredentials } from './queries/credentials.ts';
import { checkSecondFactor } from './second-factor.ts';

/** Throws `auth.password_refused`, `auth.code_required`, `auth.code_refused` (403), `auth.too_many_guesses` and `auth.busy` (429). */
export async function proveIdentity(app: App, actor: Actor, proof: ProofBody): Promise<OwnCredentials> {
  refuseWhenBusy();
  const mine = await asUser(app, actor, findMyCredentials);
  if (!mine) throw sessionEnded();
  const guess = await takeGuess(app, { own: personLimit(actor.userId) });
  return settleGuess(guess, async () => {
    if (!(await isPassword(proof.password, mine.passwordHash))) throw passwordRefused();
    const presented = { userId: actor.userId, code: proof.code, status: 403 } as const;
    await asUser(app, actor, (tx) => checkSecondFactor(app, tx, presented));
    return mine;
  });
}

/** The session may do for five minutes what asks for a recent sign-in. Its refresh token stays as it is. */
export async function reauthenticate(
  app: App,
  actor: Actor,
  proof: ProofBody,
): Promise<ReauthenticateAnswer> {
  const { userId, sessionId } = actor;
  if (sessionId === null) throw sessionEnded();
  await proveIdentity(app, actor, proof);
  const me = await asUser(app, actor, async (tx) => {
    if (!(await confirmSession(tx, sessionId))) throw sessionEnded();
    return describeMe(await findMe(tx, userId));
  });
  const accessToken = await issueAccessToken(app.accessTokenKey, { userId, sessionId }, app.clock);
  return { ...me, access_token: accessToken, expires_in: ACCESS_TOKEN_SECONDS };
}

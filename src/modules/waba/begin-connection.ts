/**
 * The beginnings of a connection: a consent in Meta's dialog, a token that somebody has, a code that a program got. The state that
 * goes to the dialog has 256 bits, is kept as a hash, and comes back once, within ten minutes, in the session that began.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { App } from '../../app.ts';
import type { SecretPlace } from '../../platform/crypto/secret-box.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import type { ConsentStart, StartConsentBody } from './contract.ts';
import { getMetaApp, type MetaApp } from './meta-app.ts';
import { presentAttempt } from './present-attempt.ts';
import { insertAttempt, type Attempt } from './queries/attempts.ts';

/** Whoever connects; a session is needed only where a browser goes to Meta and comes back. */
export type Connector = Pick<Actor, 'userId' | 'organizationId'> & { sessionId?: string | null };

/** The waiting token is bound to its attempt: copied to another it does not decrypt. */
export function attemptTokenPlace(attemptId: string): SecretPlace {
  return { table: 'connection_attempts', rowId: attemptId, column: 'access_token' };
}

/** Only the hash is stored: whoever reads the database cannot finish what somebody else began. */
export function hashState(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}

const SCOPES = 'whatsapp_business_management,whatsapp_business_messaging,business_management';

function dialogAddress(meta: MetaApp, kind: Attempt['kind'], state: string): string {
  const url = new URL(meta.dialogUrl);
  const common = { client_id: meta.appId, redirect_uri: meta.redirectUri, state, response_type: 'code' };
  for (const [name, value] of Object.entries(common)) url.searchParams.set(name, value);
  // A configuration names the permissions itself; Meta refuses both together.
  if (kind === 'embedded_signup' && meta.embeddedSignup) {
    url.searchParams.set('config_id', meta.embeddedSignup.configId);
    url.searchParams.set('override_default_response_type', 'true');
  } else url.searchParams.set('scope', SCOPES);
  return url.href;
}

/** Begins a consent. Throws when Embedded Signup or the app is not configured, or when no browser asks. */
export async function startConsent(
  app: App,
  actor: Connector,
  { kind = 'oauth' }: StartConsentBody,
): Promise<ConsentStart> {
  const meta = await getMetaApp(app, actor.organizationId);
  const sdk = meta.embeddedSignup;
  if (kind === 'embedded_signup' && !sdk)
    throw new AppError(
      'waba.signup_not_configured',
      409,
      'Embedded Signup needs a configuration of Facebook Login for Business: set FB_CONFIG_ID, or connect by Facebook.',
    );
  if (!actor.sessionId)
    throw new AppError(
      'waba.session_needed',
      403,
      'A consent is given in the browser in which you are signed in; programs connect with a token or a code.',
    );
  const { sessionId } = actor;
  const state = randomBytes(32).toString('base64url');
  const attempt = await asUser(app, actor, (tx) =>
    insertAttempt(tx, actor, {
      id: randomUUID(),
      kind,
      status: 'consent',
      step: 'consent',
      app_id: meta.appId,
      session_id: sessionId,
      state_hash: hashState(state),
      // The JavaScript SDK exchanges its code without one.
      redirect_uri: kind === 'oauth' ? meta.redirectUri : null,
    }),
  );
  return {
    connection: presentAttempt(attempt, app.clock.now()),
    state,
    dialog_url: dialogAddress(meta, kind, state),
    sdk:
      kind === 'embedded_signup' && sdk
        ? {
            url: sdk.sdkUrl,
            app_id: meta.appId,
            config_id: sdk.configId,
            graph_version: app.config.graph.apiVersion,
            message_origins: sdk.origins,
          }
        : null,
  };
}

/** Begins with a token that the person has. The account is a claim until Meta confirms it. */
export async function beginWithToken(
  app: App,
  actor: Connector,
  given: { access_token: string; waba_id: string },
): Promise<Attempt> {
  const meta = await getMetaApp(app, actor.organizationId);
  const id = randomUUID();
  return asUser(app, actor, (tx) =>
    insertAttempt(tx, actor, {
      id,
      kind: 'token',
      status: 'running',
      step: 'inspect',
      app_id: meta.appId,
      waba_id: given.waba_id,
      access_token: app.secretBox.seal(given.access_token, attemptTokenPlace(id)),
    }),
  );
}

/** Begins with a code that a program got from Meta itself; the code is exchanged by whoever calls. */
export async function beginWithCode(
  app: App,
  actor: Connector,
  claim: { waba_id: string; phone_number_id?: string; redirect_uri?: string },
): Promise<Attempt> {
  const meta = await getMetaApp(app, actor.organizationId);
  return asUser(app, actor, (tx) =>
    insertAttempt(tx, actor, {
      id: randomUUID(),
      kind: 'code',
      status: 'running',
      step: 'exchange',
      app_id: meta.appId,
      waba_id: claim.waba_id,
      phone_number_id: claim.phone_number_id ?? null,
      redirect_uri: claim.redirect_uri ?? null,
    }),
  );
}

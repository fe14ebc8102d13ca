/**
 * What each step of connecting does, between the exchange of the code and the end. Every step here can run twice: it reads, it sets
 * what may be set again, or it upserts. None opens a transaction around a call to Meta.
 *
 * The account is read and its numbers are claimed before the app is subscribed: subscribing an account that another organization
 * has would take its callback override away, and messages may arrive as soon as the app is subscribed.
 */
import type { App } from '../../app.ts';
import type { PhoneNumber } from '../../graph-api/accounts-api.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import { attemptTokenPlace, type Connector } from './begin-connection.ts';
import type { ConnectionStep } from './contract.ts';
import type { MetaApp } from './meta-app.ts';
import type { Attempt, AttemptChange, AttemptNumber } from './queries/attempts.ts';
import { requestNextAppData, wantsAppData } from './request-app-data.ts';
import { registerNextNumber } from './register-number.ts';
import { accountsOf, decideAccount, decideRegistration, refuseToken, stepAfter } from './rules-connecting.ts';
import { finishConnection, setConnected, storeConnection, type ReadAccount } from './store-connection.ts';

/** What a step of connecting works with. */
export type StepContext = {
  app: App;
  actor: Connector;
  meta: MetaApp;
  attempt: Attempt;
  /** Opened for this step alone. */
  accessToken: string;
  /** The same with the app's secret, so that every call carries its proof. */
  token: GraphToken;
};

type Step = (context: StepContext) => Promise<AttemptChange>;

/** The account that the attempt is about; known from the step `inspect` on. */
function accountIdOf(attempt: Attempt): string {
  if (attempt.waba_id === null) throw new Error('This step needs to know the account.');
  return attempt.waba_id;
}

async function inspect({ app, meta, attempt, accessToken, token }: StepContext): Promise<AttemptChange> {
  const info = await app.graph.debugToken(meta, accessToken);
  const refusal = refuseToken(info, meta.appId);
  if (refusal) throw refusal;
  const decision = decideAccount(attempt.waba_id, accountsOf(info));
  const known = { token_kind: info.type, token_expires_at: info.expiresAt };
  if ('wabaId' in decision) return { ...known, waba_id: decision.wabaId };
  const choices = await Promise.all(
    decision.chooseFrom.map(async (wabaId) => ({
      waba_id: wabaId,
      name: (await app.graph.getWaba(token, wabaId)).name,
    })),
  );
  return { ...known, status: 'choosing', choices };
}

/** Only a user's token is short: those of Embedded Signup and of system users last as long as they were made for. */
async function extend({ app, meta, attempt, accessToken }: StepContext): Promise<AttemptChange> {
  if (attempt.token_kind !== 'USER') return {};
  const extended = await app.graph.extendToken(meta, accessToken);
  const { expiresInSeconds } = extended;
  return {
    access_token: app.secretBox.seal(extended.accessToken, attemptTokenPlace(attempt.id)),
    token_expires_at:
      expiresInSeconds === null ? null : new Date(app.clock.now().getTime() + expiresInSeconds * 1000),
  };
}

function noteNumber(number: PhoneNumber): AttemptNumber {
  const outcome = decideRegistration(number);
  return {
    id: number.id,
    display: number.displayPhoneNumber ?? number.id,
    outcome,
    ...(outcome === 'whatsapp_business_app' && { sync: 'contacts' }),
    code: null,
    message: null,
  };
}

async function readAccount({ app, attempt, token }: StepContext): Promise<ReadAccount> {
  const wabaId = accountIdOf(attempt);
  const waba = await app.graph.getWaba(token, wabaId);
  const numbers = await app.graph.listPhoneNumbers(token, wabaId);
  return { wabaId, waba, numbers };
}

/** Reads the account, checks what was claimed of its numbers, and stores both. */
async function account(context: StepContext): Promise<AttemptChange> {
  const read = await readAccount(context);
  const claimed = context.attempt.phone_number_id;
  if (claimed !== null && !read.numbers.some((number) => number.id === claimed))
    throw new AppError(
      'waba.number_not_in_account',
      422,
      'The number does not belong to this WhatsApp Business Account. Connect again and choose both in the dialog.',
    );
  await storeConnection(context, read);
  return { account: { name: read.waba.name, numbers: read.numbers.map(noteNumber) } };
}

async function subscribe(context: StepContext): Promise<AttemptChange> {
  const { app, actor, meta, attempt, token } = context;
  const wabaId = accountIdOf(attempt);
  await app.graph.subscribeApp(token, wabaId);
  // Without an override of its own nothing is left that messages wait for.
  if (meta.callback === null) await asUser(app, actor, (tx) => setConnected(tx, context, wabaId));
  return {};
}

/** After subscribing, which would take an override away. */
async function callback(context: StepContext): Promise<AttemptChange> {
  const { app, actor, meta, attempt, token } = context;
  const wabaId = accountIdOf(attempt);
  if (meta.callback === null) return {};
  await app.graph.subscribeApp(token, wabaId, meta.callback);
  await asUser(app, actor, (tx) => setConnected(tx, context, wabaId));
  return {};
}

/** One number at a time, so that each is saved before the next is asked for. */
async function register(context: StepContext): Promise<AttemptChange> {
  const known = context.attempt.account;
  const next = known?.numbers.find((number) => number.outcome === 'waiting');
  if (!known || !next) return {};
  const noted = await registerNextNumber(context, next);
  const numbers = known.numbers.map((number) => (number.id === next.id ? noted : number));
  const isLast = numbers.every((number) => number.outcome !== 'waiting');
  return { account: { ...known, numbers }, ...(isLast ? {} : { step: 'register' }) };
}

/** One request at a time, so that each is saved before the next. */
async function sync(context: StepContext): Promise<AttemptChange> {
  const known = context.attempt.account;
  const next = known?.numbers.find(wantsAppData);
  if (!known || !next) return {};
  const noted = await requestNextAppData(context, next);
  const numbers = known.numbers.map((number) => (number.id === next.id ? noted : number));
  return { account: { ...known, numbers }, ...(numbers.some(wantsAppData) ? { step: 'sync' } : {}) };
}

async function finish(context: StepContext): Promise<AttemptChange> {
  // Registering changed what Meta says of the numbers.
  await finishConnection(context, await readAccount(context));
  return { status: 'done', access_token: null };
}

function lost(): Promise<AttemptChange> {
  throw new AppError(
    'waba.code_lost',
    409,
    'The exchange of the code was interrupted, and Meta takes a code only once. Begin anew.',
  );
}

const STEPS: Record<ConnectionStep, Step> = {
  consent: lost,
  exchange: lost,
  inspect,
  extend,
  account,
  subscribe,
  callback,
  register,
  sync,
  finish,
};

/** Does the attempt's next step; what it came to, with the step that follows. Throws what the step throws. */
export async function doStep(context: StepContext): Promise<AttemptChange> {
  const { step } = context.attempt;
  const change = await STEPS[step](context);
  return { step: stepAfter(step), ...change };
}

/** The decisions of connecting an account: what a token must be, which account is meant, what a failure means. Pure. */
import type { PhoneNumber } from '../../graph-api/accounts-api.ts';
import { GraphError } from '../../graph-api/graph-error.ts';
import type { TokenInfo } from '../../graph-api/oauth-api.ts';
import { AppError } from '../../platform/errors.ts';
import { connectionSteps, type ConnectionStep, type RegistrationOutcome } from './contract.ts';

/** Without both, an account can be neither managed nor written from. */
const NEEDED_SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging'];

/** The step after this one; the last one follows itself. */
export function stepAfter(step: ConnectionStep): ConnectionStep {
  return connectionSteps[connectionSteps.indexOf(step) + 1] ?? step;
}

/** Why a token cannot be used, or null. */
export function refuseToken(info: TokenInfo, appId: string): AppError | null {
  if (!info.isValid)
    return new AppError(
      'waba.token_invalid',
      422,
      'Meta no longer accepts this access token. Make a new one, or connect by Facebook.',
    );
  if (info.appId !== appId)
    return new AppError(
      'waba.foreign_token',
      422,
      'This access token belongs to another Meta app. Make one for the app that Switchboard uses.',
    );
  const missing = NEEDED_SCOPES.filter((scope) => !info.scopes.includes(scope));
  if (missing.length > 0)
    return new AppError(
      'waba.scope_missing',
      422,
      `The permission ${missing.join(' and ')} was not given. Connect again and allow everything that is asked for.`,
    );
  return null;
}

/** The accounts that a token may both manage and write from; null when Meta limits it to none in particular. */
export function accountsOf(info: TokenInfo): string[] | null {
  const limited = NEEDED_SCOPES.map(
    (scope) => info.granularScopes.find((one) => one.scope === scope)?.targetIds ?? null,
  ).filter((targets) => targets !== null);
  const [first, ...others] = limited;
  if (first === undefined) return null;
  return first.filter((id) => others.every((targets) => targets.includes(id)));
}

export type AccountDecision = { wabaId: string } | { chooseFrom: string[] };

/**
 * Which account is meant. What the browser or the caller claims counts only when the token covers it.
 * @throws AppError when the token covers no account, or not the one that is claimed
 */
export function decideAccount(claim: string | null, covered: string[] | null): AccountDecision {
  if (claim !== null) {
    if (covered === null || covered.includes(claim)) return { wabaId: claim };
    throw new AppError(
      'waba.account_not_granted',
      422,
      'The consent does not cover this WhatsApp Business Account. Connect again and choose it in the dialog.',
    );
  }
  if (covered === null) return { chooseFrom: [] };
  const [only, ...more] = covered;
  if (only === undefined)
    throw new AppError(
      'waba.no_account_granted',
      422,
      'The consent covers no WhatsApp Business Account. Connect again and choose one in the dialog.',
    );
  return more.length === 0 ? { wabaId: only } : { chooseFrom: covered };
}

/** A number that already works, or lives in the WhatsApp Business app, must not be registered: that would throw it out there. */
export function decideRegistration(
  number: Pick<PhoneNumber, 'status' | 'isOnBizApp'>,
): Extract<RegistrationOutcome, 'waiting' | 'already_registered' | 'whatsapp_business_app'> {
  if (number.isOnBizApp === true) return 'whatsapp_business_app';
  return number.status === 'CONNECTED' ? 'already_registered' : 'waiting';
}

const REGISTRATION_CODES: Record<number, string> = {
  133005: 'waba.pin_wrong',
  133006: 'waba.verification_needed',
  133008: 'waba.pin_guessed_too_often',
  133009: 'waba.pin_guessed_too_often',
  133015: 'waba.registered_too_soon',
  133016: 'waba.registered_too_often',
};
const LATER = new Set([
  'waba.pin_guessed_too_often',
  'waba.registered_too_soon',
  'waba.registered_too_often',
]);

/** What Meta's refusal to register means to the person; null when it is no refusal but a failure that may pass. */
export function explainRegistration(error: GraphError): AppError | null {
  if (error.retryable || error.outcomeUnknown) return null;
  const code = REGISTRATION_CODES[error.code ?? 0] ?? 'waba.registration_refused';
  const text =
    code === 'waba.pin_wrong'
      ? 'The number has a two-step PIN already, and it is another one. Enter it, or reset it in WhatsApp Manager.'
      : `${error.meaning} ${error.whatToDo}`;
  return new AppError(code, LATER.has(code) ? 429 : 422, text, { graph_code: error.code });
}

/** What Meta's refusal of a new two-step PIN means; null when it is a failure that may pass. */
export function explainPin(error: GraphError): AppError | null {
  if (error.retryable || error.outcomeUnknown) return null;
  const code = REGISTRATION_CODES[error.code ?? 0] ?? 'waba.pin_refused';
  const text = `${error.meaning} ${error.whatToDo} The PIN is the one it was.`;
  return new AppError(code, LATER.has(code) ? 429 : 422, text, { graph_code: error.code });
}

/** What a failed step means: an error for the caller, and whether the attempt can go on from here. */
export type StepFailure = { error: AppError; canContinue: boolean };

const ANEW = 'Begin anew: the code from Meta works only once.';

/** Null for an error that is a bug and must not be hidden. */
export function explainFailure(step: ConnectionStep, error: unknown): StepFailure | null {
  if (error instanceof AppError)
    return { error, canContinue: error.code === 'waba.number_taken' && step !== 'exchange' };
  if (!(error instanceof GraphError)) return null;
  const details = { graph_code: error.code, fbtrace_id: error.fbtraceId };
  const passing = error.retryable || error.outcomeUnknown;
  const status = passing ? 502 : 422;
  if (step === 'exchange')
    return {
      error: new AppError('waba.code_refused', status, `${error.meaning} ${ANEW}`, details),
      canContinue: false,
    };
  if (passing)
    return {
      error: new AppError('waba.graph_error', status, `${error.meaning} Try again in a moment.`, details),
      canContinue: true,
    };
  if (step === 'callback')
    return {
      error: new AppError('waba.callback_refused', status, CALLBACK_REFUSED, details),
      canContinue: true,
    };
  const isUnknownToken = error.code === 190 && error.subcode === null;
  const text = isUnknownToken ? TOKEN_REFUSED : `${error.meaning} ${error.whatToDo}`;
  return {
    error: new AppError('waba.not_readable', status, text, details),
    canContinue: error.kind !== 'token' && error.kind !== 'permission',
  };
}

const TOKEN_REFUSED =
  'Meta does not accept this access token. Copy it again, whole, or make a new one with whatsapp_business_management and whatsapp_business_messaging.';
const CALLBACK_REFUSED =
  'Meta could not reach the callback address, or its verify token is wrong. Check both in the configuration, then continue.';

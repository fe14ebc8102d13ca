/**
 * The one error that the Graph client throws. Its `kind` alone decides whether a call may be repeated.
 * Must stay true: nothing that a log writer copies (message, own enumerable fields) holds a token, a secret or a word of a
 * message; Meta's own wording, which may quote both, is cleaned and kept apart in `details`.
 */
import { meaningOfError } from './error-codes.ts';
import type { ErrorMeaning, GraphErrorKind } from './error-codes.ts';
import { booleanAt, numberAt, objectAt, own, textAt } from './json.ts';
import type { Json } from './json.ts';

export type { ErrorMeaning, GraphErrorKind } from './error-codes.ts';

/** What is known about a failed call. `reason` is a short word for failures without a code of Meta: `timeout`, `ECONNREFUSED`. */
export type GraphFailure = {
  kind: GraphErrorKind;
  meaning: string;
  whatToDo: string;
  reason?: string;
  code?: number;
  subcode?: number;
  fbtraceId?: string;
  httpStatus?: number;
  retryAfterSeconds?: number;
  details?: string;
};

/** A call to the Graph API that failed, or whose outcome is unknown. */
export class GraphError extends Error {
  readonly kind: GraphErrorKind;
  /** What happened, as a sentence for people. */
  readonly meaning: string;
  /** What a person should do about it, as a sentence. */
  readonly whatToDo: string;
  readonly reason: string | null;
  readonly code: number | null;
  readonly subcode: number | null;
  readonly fbtraceId: string | null;
  readonly httpStatus: number | null;
  /** The least wait before a repetition; set only when repeating is safe. */
  readonly retryAfterSeconds: number | null;
  /** Meta's own wording without tokens, at most 500 characters. It may quote the request: show it, do not log it. */
  declare readonly details: string | null;

  constructor(failure: GraphFailure) {
    const label = failure.code === undefined ? (failure.reason ?? 'failed') : `code ${String(failure.code)}`;
    super(`Graph API ${label} (${failure.kind}): ${failure.meaning}`);
    this.name = 'GraphError';
    this.kind = failure.kind;
    this.meaning = failure.meaning;
    this.whatToDo = failure.whatToDo;
    this.reason = failure.reason ?? null;
    this.code = failure.code ?? null;
    this.subcode = failure.subcode ?? null;
    this.fbtraceId = failure.fbtraceId ?? null;
    this.httpStatus = failure.httpStatus ?? null;
    this.retryAfterSeconds = this.retryable ? (failure.retryAfterSeconds ?? null) : null;
    Object.defineProperty(this, 'details', { value: failure.details ?? null, enumerable: false });
  }

  /** The same call may be made again. */
  get retryable(): boolean {
    return this.kind === 'retry_safe' || this.kind === 'not_sent';
  }

  /** The call may have been carried out although no usable answer came. */
  get outcomeUnknown(): boolean {
    return this.kind === 'temporary_unknown';
  }
}

/** What an outcome means that Meta's answer leaves open, or an answer that never came. */
export const UNKNOWN_OUTCOME: ErrorMeaning = {
  kind: 'temporary_unknown',
  meaning: 'Meta gave no usable answer; the request may still have been carried out.',
  whatToDo: 'Wait for its status. Do not send it again before you know that it did not arrive.',
};

const PASSING: ErrorMeaning = {
  kind: 'retry_safe',
  meaning: 'Meta could not answer at the moment.',
  whatToDo: 'Try again in a moment.',
};

/** For a call that may be made twice without harm, an unknown outcome is only a reason to make it again. */
export function readByRepeatability(meaning: ErrorMeaning, repeatable: boolean): ErrorMeaning {
  return repeatable && meaning.kind === 'temporary_unknown' ? PASSING : meaning;
}

/** What surrounds an answer that holds an `error` object. */
export type ErrorAnswer = {
  httpStatus: number;
  /** Whether the call does no harm when made twice; its unknown outcomes then become `retry_safe`. */
  repeatable: boolean;
  retryAfterSeconds: number | null;
  /** Tokens and secrets of the call, removed from Meta's wording should it quote them. */
  secrets: readonly string[];
};

/** Reads `{"error":{…}}`; null when the body holds no error with a code. */
export function readGraphError(body: Json, answer: ErrorAnswer): GraphError | null {
  const error = objectAt(body, 'error');
  const code = numberAt(error ?? undefined, 'code');
  if (error === null || code === null) return null;
  const subcode = numberAt(error, 'error_subcode');
  const unlisted = unlistedMeaning(answer.httpStatus, booleanAt(error, 'is_transient'));
  const found = readByRepeatability(meaningOfError(code, subcode) ?? unlisted, answer.repeatable);
  const fbtraceId = textAt(error, 'fbtrace_id');
  const details = wordingOf(error);
  const wait = answer.retryAfterSeconds ?? found.waitSeconds;
  return new GraphError({
    ...found,
    code,
    httpStatus: answer.httpStatus,
    ...(subcode === null ? {} : { subcode }),
    ...(fbtraceId === null ? {} : { fbtraceId: fbtraceId.slice(0, 100) }),
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
    ...(details === null ? {} : { details: withoutSecrets(details, answer.secrets) }),
  });
}

/** A code that the table lacks was still a refusal by Meta, unless Meta itself calls it passing or a fault of its own. */
function unlistedMeaning(httpStatus: number, transient: boolean | null): ErrorMeaning {
  if (transient === true || httpStatus >= 500) return UNKNOWN_OUTCOME;
  return {
    kind: 'invalid',
    meaning: 'Meta refused the request.',
    whatToDo: 'Read the details, correct the request and try again.',
  };
}

/** The most precise wording of an error. `error_data` is a plain text in some answers. */
function wordingOf(error: Json): string | null {
  const data = own(error, 'error_data');
  return (
    textAt(data, 'details') ??
    (typeof data === 'string' && data !== '' ? data : null) ??
    textAt(error, 'error_user_msg') ??
    textAt(error, 'message')
  );
}

const TOKEN_SHAPE = /\bEA[A-Za-z0-9]{18,}|\b\d{6,}\|[A-Za-z0-9_-]{8,}/g;

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let cleaned = text;
  for (const secret of secrets) if (secret !== '') cleaned = cleaned.replaceAll(secret, '[secret]');
  return cleaned.replace(TOKEN_SHAPE, '[secret]').slice(0, 500).toWellFormed();
}

/**
 * What each error code of Meta means, whether the call may be repeated, and what a person should do.
 * Must stay true: the code decides, never the HTTP status and never Meta's text, which differs from the documented titles.
 * A code may be returned by a call or arrive later in a `failed` status.
 */
import { ACCOUNT_ERROR_CODES } from './account-error-codes.ts';
import type { ErrorMeaning } from './error-meaning.ts';
import { SENDING_ERROR_CODES } from './sending-error-codes.ts';

export type { ErrorMeaning, GraphErrorKind } from './error-meaning.ts';

/** Every code that is known, by number or by `code/subcode`; look one up with `meaningOfError`. */
export const ERROR_MEANINGS: ReadonlyMap<number | string, ErrorMeaning> = new Map(
  [...SENDING_ERROR_CODES, ...ACCOUNT_ERROR_CODES].map(([code, kind, meaning, whatToDo, waitSeconds]) => [
    code,
    waitSeconds === undefined ? { kind, meaning, whatToDo } : { kind, meaning, whatToDo, waitSeconds },
  ]),
);

/** 200 to 299 are all missing permissions; they share one row. */
const FIRST_PERMISSION_CODE = 200;
const LAST_PERMISSION_CODE = 299;

/**
 * What a code (with its subcode, if any) means; null for a code that is not known.
 * Template errors come as codes of their own or as the subcode of 100, so both are looked up.
 */
export function meaningOfError(code: number, subcode: number | null = null): ErrorMeaning | null {
  const precise = subcode === null ? undefined : ERROR_MEANINGS.get(`${String(code)}/${String(subcode)}`);
  const nested =
    code === 100 && subcode !== null && subcode > 100_000 ? ERROR_MEANINGS.get(subcode) : undefined;
  const isPermission = code >= FIRST_PERMISSION_CODE && code <= LAST_PERMISSION_CODE;
  return precise ?? nested ?? ERROR_MEANINGS.get(isPermission ? FIRST_PERMISSION_CODE : code) ?? null;
}

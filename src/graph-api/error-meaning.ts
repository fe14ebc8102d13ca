/** What an error code of Meta means: the shape of the rows in the tables of codes. */

/**
 * The one thing that decides on repeating a call:
 * - `not_sent`: no byte of the request left this machine. Repeat.
 * - `retry_safe`: refused before anything was done, or a call that does no harm when done twice. Repeat later.
 * - `temporary_unknown`: it may have been done. Never repeat a send; a status webhook tells.
 * - all others: refused for good until somebody changes something, which `whatToDo` names.
 */
export type GraphErrorKind =
  | 'not_sent'
  | 'retry_safe'
  | 'temporary_unknown'
  | 'token'
  | 'permission'
  | 'account'
  | 'invalid'
  | 'recipient'
  | 'window'
  | 'policy';

/** A row of the table. `waitSeconds` is the least wait before a repetition when the answer itself names none. */
export type ErrorMeaning = {
  readonly kind: GraphErrorKind;
  readonly meaning: string;
  readonly whatToDo: string;
  readonly waitSeconds?: number;
};

/** A row of a table: code (or `code/subcode` where the subcode says more), kind, meaning, what to do, and the least wait in seconds. */
export type CodeRow = readonly [
  code: number | `${number}/${number}`,
  kind: GraphErrorKind,
  meaning: string,
  whatToDo: string,
  waitSeconds?: number,
];

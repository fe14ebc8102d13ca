/** Errors inside webhooks, with the same sentences as errors of calls: many sends are refused only after Meta accepted them. */
import { meaningOfError } from '../error-codes.ts';
import type { GraphErrorKind } from '../error-codes.ts';
import { isJsonObject, numberAt, objectAt, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import { cleanText } from './clean-text.ts';

export type WebhookError = {
  code: number | null;
  /** Why it failed, in the terms of calls. A message that failed by status is over: sending it again is a new message. */
  kind: GraphErrorKind;
  meaning: string;
  whatToDo: string;
  /** Meta's own words, which may change. */
  title: string | null;
  details: string | null;
};

/** Reads `errors[]`; entries that are not objects are left out. */
export function readErrors(list: Json[] | null): WebhookError[] {
  return (list ?? []).filter(isJsonObject).map((entry) => {
    const code = numberAt(entry, 'code');
    const known = code === null ? null : meaningOfError(code);
    const title = textAt(entry, 'title') ?? textAt(entry, 'message');
    const details = textAt(objectAt(entry, 'error_data') ?? undefined, 'details');
    return {
      code,
      kind: known?.kind ?? 'invalid',
      meaning: known?.meaning ?? 'Meta reports an error that is not known here.',
      whatToDo: known?.whatToDo ?? 'Read the details.',
      title: title === null ? null : cleanText(title),
      details: details === null ? null : cleanText(details),
    };
  });
}

/** Decisions about sending. Pure. */
import { GraphError } from '../../graph-api/graph-error.ts';
import { MAX_TEXT_LENGTH } from '../conversations/contract.ts';
import { textTooLong } from './contract.ts';

export { signatureOf } from '../rentals/contract.ts';

/** As the limit counts: an emoji is one, whatever UTF-16 makes of it. */
const characters = (text: string) => Array.from(text).length;

/** The body that Meta gets. Throws `outbound.text_too_long` when text and signature do not fit together. */
export function signedText(text: string, signature: string | null): string {
  if (signature === null) return text;
  const body = `${signature}\n${text}`;
  if (characters(body) > MAX_TEXT_LENGTH) throw textTooLong(MAX_TEXT_LENGTH - characters(signature) - 1);
  return body;
}

/** What becomes of a message that Meta did not plainly accept. */
export type SendFailure =
  | { outcome: 'retry'; afterSeconds: number }
  | { outcome: 'unknown' }
  | { outcome: 'failed'; error: { code: string; message: string } };

const MOST_ATTEMPTS = 10;
const LONGEST_PAUSE_SECONDS = 600;

/** Only the error's kind decides. What may have been accepted is never sent again. */
export function decideAfterFailure(error: unknown, attempts: number): SendFailure {
  if (!(error instanceof GraphError) || error.outcomeUnknown) return { outcome: 'unknown' };
  if (error.retryable && attempts < MOST_ATTEMPTS) {
    const pause = Math.min(2 ** attempts, LONGEST_PAUSE_SECONDS);
    return { outcome: 'retry', afterSeconds: Math.max(pause, error.retryAfterSeconds ?? 0) };
  }
  const code = error.code === null ? (error.reason ?? 'graph') : String(error.code);
  return { outcome: 'failed', error: { code, message: `${error.meaning} ${error.whatToDo}` } };
}

/**
 * The contacts and chats that a number's WhatsApp Business app holds. Meta gives them once, when they are asked for within 24 hours of
 * connecting (Cloud API, "Onboarding WhatsApp Business app users"), and sends them by webhook. Safe to run twice: Meta says that it was
 * asked already, and then nothing is left to do.
 */
import { GraphError } from '../../graph-api/graph-error.ts';
import type { AppDataKind } from '../../graph-api/numbers-api.ts';
import type { StepContext } from './connection-steps.ts';
import type { AttemptNumber } from './queries/attempts.ts';

type Sync = NonNullable<AttemptNumber['sync']>;

/** Contacts first, so that the chats find their names. */
const NEXT: Partial<Record<Sync, { kind: AppDataKind; then: Sync }>> = {
  contacts: { kind: 'smb_app_state_sync', then: 'history' },
  history: { kind: 'history', then: 'requested' },
};

const ASKED_ALREADY = 2593107;
const TOO_LATE = 2593108;

/** Whether something is left to ask for. */
export function wantsAppData({ sync }: AttemptNumber): boolean {
  return sync === 'contacts' || sync === 'history';
}

/** Asks for the next thing of a number. A refusal is noted on the number: it works without. Throws GraphError when it may pass. */
export async function requestNextAppData(
  { app, token }: Pick<StepContext, 'app' | 'token'>,
  number: AttemptNumber,
): Promise<AttemptNumber> {
  const next = number.sync ? NEXT[number.sync] : undefined;
  if (!next) return number;
  const asked = { ...number, sync: next.then };
  try {
    await app.graph.requestAppData(token, number.id, next.kind);
    return asked;
  } catch (error) {
    if (!(error instanceof GraphError) || error.retryable || error.outcomeUnknown) throw error;
    const codes = [error.code, error.subcode];
    if (codes.includes(ASKED_ALREADY)) return asked;
    const isLate = codes.includes(TOO_LATE);
    return {
      ...number,
      sync: 'needs_attention',
      code: isLate ? 'waba.app_data_too_late' : 'waba.app_data_refused',
      message: isLate ? LATE : `${error.meaning} ${error.whatToDo} New messages arrive all the same.`,
    };
  }
}

const LATE =
  'Meta gives the contacts and chats of the WhatsApp Business app only within 24 hours of connecting. New messages arrive; ' +
  'to have the old ones too, disconnect the number in the WhatsApp Business app and connect it again.';

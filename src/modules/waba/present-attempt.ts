/** How an attempt to connect looks from outside: never its token, and busy only while somebody really works on it. */
import type { Connection } from './contract.ts';
import type { Attempt } from './queries/attempts.ts';

/** `now` decides whether it is still busy. */
export function presentAttempt(attempt: Attempt, now: Date): Connection {
  return {
    id: attempt.id,
    kind: attempt.kind,
    status: attempt.status,
    step: attempt.step,
    busy: attempt.leased_until !== null && attempt.leased_until > now,
    waba_id: attempt.waba_id,
    name: attempt.account?.name ?? null,
    choices: attempt.choices ?? [],
    numbers: (attempt.account?.numbers ?? []).map((number) => ({
      phone_number_id: number.id,
      display_phone_number: number.display,
      outcome: number.outcome,
      sync: number.sync === 'contacts' || number.sync === 'history' ? 'waiting' : (number.sync ?? null),
      code: number.code,
      message: number.message,
    })),
    error: attempt.error,
    created_at: attempt.created_at.toISOString(),
    expires_at: attempt.expires_at.toISOString(),
  };
}

/** Writing down what changes how a person gets in, in the transaction that changes it. */
import type { Tx } from '../../platform/db/tx.ts';
import { recordAudit } from '../organizations/record-audit.ts';

/** What happened to an account; web/features/audit/describe.ts puts it into words. */
export type AccountDeed =
  | 'account.password-changed'
  | 'account.password-reset'
  | 'account.second-factor-on'
  | 'account.second-factor-off'
  | 'account.recovery-codes-renewed'
  | 'account.link-shown';

/** @param person whose account it is; who did it is read from the transaction */
export function auditAccount(
  tx: Tx,
  action: AccountDeed,
  person: { userId: string; name?: string },
): Promise<void> {
  return recordAudit(tx, { action, subject: { kind: 'user', id: person.userId, name: person.name ?? null } });
}

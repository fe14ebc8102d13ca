/** A new password for somebody who knows the old one. Their other sessions end: whoever else knew it is out. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { auditAccount } from './audit-account.ts';
import type { Actor, ChangePasswordBody } from './contract.ts';
import { hashPassword } from './password.ts';
import { refuseWeakPassword } from './password-strength.ts';
import { proveIdentity } from './prove-identity.ts';
import { changePassword as saveNewPassword } from './queries/credentials.ts';

/** Throws what `proveIdentity` does, and `auth.weak_password`. */
export async function changePassword(app: App, actor: Actor, body: ChangePasswordBody): Promise<void> {
  const proof = { password: body.current_password, ...(body.code !== undefined && { code: body.code }) };
  const mine = await proveIdentity(app, actor, proof);
  await refuseWeakPassword(body.new_password, mine, 'new_password');
  const passwordHash = await hashPassword(body.new_password);
  await asUser(app, actor, async (tx) => {
    await saveNewPassword(tx, { passwordHash, keptSession: actor.sessionId });
    await auditAccount(tx, 'account.password-changed', actor);
  });
}

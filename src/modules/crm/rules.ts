/** Decisions about customers. Pure. */
import type { ContactIdentity } from './contract.ts';

export type IdentityKind = 'phone' | 'user_id' | 'parent_user_id';
export type IdentityKey = { kind: IdentityKind; value: string };

/** The identifiers by which a person is found again, the phone first. A username can change hands, so it is none. */
export function identityKeys(identity: ContactIdentity): IdentityKey[] {
  const keys: IdentityKey[] = [];
  if (identity.phone) keys.push({ kind: 'phone', value: identity.phone });
  if (identity.userId) keys.push({ kind: 'user_id', value: identity.userId });
  if (identity.parentUserId) keys.push({ kind: 'parent_user_id', value: identity.parentUserId });
  return keys;
}

/** What to call somebody: their own name, else their username, else their number, else that we do not know. */
export function displayName(identity: ContactIdentity): string {
  if (identity.name) return identity.name;
  if (identity.username) return `@${identity.username}`;
  return identity.phone ? `+${identity.phone}` : 'WhatsApp user';
}

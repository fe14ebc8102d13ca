/** Decisions about contacts. Pure. */
import type { ContactIdentity, ToldOfContact } from './contract.ts';

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

/** What was told, each with its time in Unix seconds, so that of two the newer can be kept. */
export function factsOf(told: ToldOfContact): Record<string, [number, string | null]> {
  const second = Math.floor(told.at.getTime() / 1000);
  // Meta's clock has no more than seconds, and a person may write and change their number in the same one: the change is what holds.
  const at = identityKeys(told.before ?? {}).length > 0 ? second + 0.5 : second;
  const { name, username, phone } = told.identity;
  return {
    ...(name ? { name: [at, name] } : {}),
    ...(username ? { username: [at, username] } : {}),
    ...(phone ? { phone: [at, phone] } : {}),
    ...(told.consent === undefined ? {} : { consent: [at, told.consent] }),
    ...(told.bookName === undefined ? {} : { book_name: [at, told.bookName] }),
  };
}

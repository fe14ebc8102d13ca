/**
 * A person who goes on under another phone or user id: `system` messages, and the older field `user_id_update` (Cloud API,
 * "Business-scoped user IDs": change events). Must stay true: never throws, for any JSON.
 */
import { objectAt, idAt, secondsAt, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import { partyOf } from './match-contact.ts';
import { phoneOf, readIdentity, userIdOf } from './read-identity.ts';
import type { Identity } from './read-identity.ts';

export type IdentityChange = { before: Identity; now: Identity; timestamp: Date | null };

/** Reads a `system` message. The phone in `from` is the old one; the new identifiers stand in `system`. */
export function readSystemChange(value: Json, contact: Json = null): IdentityChange {
  const system = objectAt(value, 'system') ?? undefined;
  const sender = readIdentity(partyOf('messages', value), contact);
  const before = identityOf({
    userId: idAt(system, 'previous_user_id'),
    parentUserId: idAt(system, 'previous_parent_user_id'),
    phone: null,
  });
  const now = identityOf({
    userId: idAt(system, 'user_id'),
    parentUserId: idAt(system, 'parent_user_id'),
    phone: idAt(system, 'wa_id') ?? idAt(system, 'new_wa_id'),
  });
  const timestamp = secondsAt(value, 'timestamp');
  // A new security code ("customer_identity_changed") is no new identifier: the person stays who they are.
  const isMove = textAt(system, 'type')?.includes('changed') === true && Object.keys(now).length > 0;
  return isMove
    ? { before: { ...sender, ...before }, now, timestamp }
    : { before: {}, now: sender, timestamp };
}

/** Reads an entry of `user_id_update[]`. */
export function readUserIdUpdate(value: Json, contact: Json = null): IdentityChange {
  const userId = objectAt(value, 'user_id') ?? undefined;
  const parentUserId = objectAt(value, 'parent_user_id') ?? undefined;
  const phone = idAt(value, 'wa_id') ?? idAt(contact, 'wa_id');
  return {
    before: identityOf({
      userId: idAt(userId, 'previous'),
      parentUserId: idAt(parentUserId, 'previous'),
      phone: null,
    }),
    now: identityOf({ userId: idAt(userId, 'current'), parentUserId: idAt(parentUserId, 'current'), phone }),
    timestamp: secondsAt(value, 'timestamp'),
  };
}

function identityOf(named: {
  userId: string | null;
  parentUserId: string | null;
  phone: string | null;
}): Identity {
  const phone = phoneOf(named.phone);
  const userId = userIdOf(named.userId);
  const parentUserId = userIdOf(named.parentUserId);
  return {
    ...(phone === null ? {} : { phone }),
    ...(userId === null ? {} : { userId }),
    ...(parentUserId === null ? {} : { parentUserId }),
  };
}

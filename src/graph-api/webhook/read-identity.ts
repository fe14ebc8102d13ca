/**
 * A customer's identifiers and names out of an item and its contact.
 * Must stay true: every one may be missing; the user id identifies, phone and username may change or be hidden.
 */
import { idAt, objectAt, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import { cleanText } from './clean-text.ts';
import type { Party } from './match-contact.ts';

/** A customer as an item names them. */
export type Identity = {
  /** Digits only, as Meta writes it. */
  phone?: string;
  /** Business-scoped: the same customer has another one at another business. */
  userId?: string;
  parentUserId?: string;
  /** Without the leading `@`. */
  username?: string;
  /** The name the customer chose to show. */
  name?: string;
};

const LONGEST_PHONE = 32;
const LONGEST_USER_ID = 255;
const LONGEST_NAME = 512;

/** What the item says itself counts before its contact. Values no identifier can have are left out. */
export function readIdentity(party: Party, contact: Json): Identity {
  const profile = objectAt(contact, 'profile') ?? undefined;
  const phone = phoneOf(party.phone) ?? phoneOf(idAt(contact, 'wa_id'));
  const userId = userIdOf(party.userId) ?? userIdOf(idAt(contact, 'user_id'));
  const parentUserId = userIdOf(party.parentUserId) ?? userIdOf(idAt(contact, 'parent_user_id'));
  const username = nameOf(textAt(profile, 'username') ?? textAt(contact, 'username'))?.replace(/^@+/, '');
  const name = nameOf(textAt(profile, 'name'));
  return {
    ...(phone === null ? {} : { phone }),
    ...(userId === null ? {} : { userId }),
    ...(parentUserId === null ? {} : { parentUserId }),
    ...(username ? { username } : {}),
    ...(name === null ? {} : { name }),
  };
}

/** A phone number as digits; null for what is none. */
export function phoneOf(text: string | null): string | null {
  if (text === null || text.length > LONGEST_PHONE || !/^\+?[\d ().-]+$/.test(text)) return null;
  const digits = text.replace(/\D/g, '');
  return digits === '' ? null : digits;
}

/** A user id as it is: opaque and case-sensitive. */
export function userIdOf(text: string | null): string | null {
  return text !== null && text.length <= LONGEST_USER_ID && /^[\x21-\x7e]+$/.test(text) ? text : null;
}

function nameOf(text: string | null): string | null {
  const name = text === null ? '' : cleanText(text.trim().slice(0, LONGEST_NAME));
  return name === '' ? null : name;
}

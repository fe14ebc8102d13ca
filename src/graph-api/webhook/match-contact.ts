/**
 * Who an item is about: the entry of `contacts[]` that belongs to it, and the key its order is kept by.
 * Must stay true: matched by identifiers, never by position; an entry that contradicts an identifier is not taken, for a
 * wrong match shows one customer's name, or worse messages, under another.
 */
import { createHash } from 'node:crypto';
import { idAt, isJsonObject, objectAt, own, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/** The identifiers of the customer that an item names, any of which may be missing. */
export type Party = { userId: string | null; parentUserId: string | null; phone: string | null };

/** The customer of a message, an echo, a status, a call or a preference. */
export function partyOf(part: string, item: Json): Party {
  if (part === 'messages')
    return {
      userId: idAt(item, 'from_user_id'),
      parentUserId: idAt(item, 'from_parent_user_id'),
      phone: idAt(item, 'from'),
    };
  if (part === 'message_echoes')
    return {
      userId: idAt(item, 'to_user_id'),
      parentUserId: idAt(item, 'to_parent_user_id'),
      phone: idAt(item, 'to'),
    };
  if (part === 'statuses')
    return {
      userId: idAt(item, 'recipient_participant_user_id') ?? idAt(item, 'recipient_user_id'),
      parentUserId: idAt(item, 'recipient_parent_user_id') ?? idAt(item, 'parent_recipient_user_id'),
      phone:
        idAt(item, 'recipient_participant_id') ??
        idAt(item, 'participant_recipient_id') ??
        idAt(item, 'recipient_id'),
    };
  if (part === 'calls')
    return textAt(item, 'direction') === 'BUSINESS_INITIATED'
      ? { userId: idAt(item, 'to_user_id'), parentUserId: null, phone: idAt(item, 'to') }
      : { userId: idAt(item, 'from_user_id'), parentUserId: null, phone: idAt(item, 'from') };
  if (part === 'history') return partyOfThread(objectAt(item, 'thread'));
  // An entry of an address book says `phone_number` where a webhook's contact says `wa_id`.
  return {
    userId: idAt(item, 'user_id'),
    parentUserId: idAt(item, 'parent_user_id'),
    phone: idAt(item, 'wa_id') ?? idAt(item, 'phone_number'),
  };
}

/** The customer of a thread of the past. Its id is their phone, or their user id when the phone is hidden. */
export function partyOfThread(thread: Json): Party {
  const context = objectAt(thread, 'context') ?? undefined;
  const id = idAt(thread, 'id');
  const isPhone = id !== null && /^\+?\d+$/.test(id);
  return {
    userId: idAt(context, 'user_id') ?? (isPhone ? null : id),
    parentUserId: idAt(context, 'parent_user_id'),
    phone: idAt(context, 'wa_id') ?? (isPhone ? id : null),
  };
}

/** The entries of `contacts[]` of one change by what they name, so that finding one does not take longer the more there are. */
export type ContactBook = ReadonlyMap<string, readonly JsonObject[]>;

const NAMES = ['user_id', 'wa_id', 'parent_user_id'] as const;
/** Entries under one identifier that are looked at: real ones have one, or one for each side of a change. */
const MOST_ALIKE = 8;
/** Every item gets a copy of its contact, so a longer one would be stored as often as there are items. Real ones have about 200 characters. */
const LONGEST_CONTACT = 2_000;

const nameKey = (kind: string, value: string): string => `${kind} ${value}`;

export function bookOf(contacts: readonly Json[] | null): ContactBook {
  const book = new Map<string, JsonObject[]>();
  for (const entry of contacts ?? []) {
    if (!isJsonObject(entry)) continue;
    const names = NAMES.flatMap((kind) => {
      const value = idAt(entry, kind);
      return value === null ? [] : [nameKey(kind, value)];
    });
    if (names.length === 0 || JSON.stringify(entry).length > LONGEST_CONTACT) continue;
    for (const name of names) {
      const alike = book.get(name);
      if (alike === undefined) book.set(name, [entry]);
      else if (alike.length < MOST_ALIKE) alike.push(entry);
    }
  }
  return book;
}

/** Who alone is named: what comes beside it and names nobody is theirs, for a change has the contacts of what is in it. */
export function onlyContactOf(book: ContactBook): JsonObject | null {
  const [first, ...rest] = book.values();
  const [only] = first ?? [];
  return only && first?.length === 1 && rest.every((alike) => alike.length === 1 && alike[0] === only)
    ? only
    : null;
}

/** A system message names the person in itself, by what they were before. */
export function namesNobody(party: Party, item: Json): boolean {
  return (
    party.userId === null &&
    party.parentUserId === null &&
    party.phone === null &&
    own(item, 'system') === undefined
  );
}

/** The contact with the party's user id, else with its phone, else with its parent id; none that names another user id. */
export function matchContact(book: ContactBook, party: Party): JsonObject | null {
  const by = (kind: (typeof NAMES)[number], wanted: string | null): JsonObject | undefined =>
    wanted === null
      ? undefined
      : book.get(nameKey(kind, wanted))?.find((entry) => !contradicts(entry, party));
  return (
    by('user_id', party.userId) ??
    by('wa_id', party.phone) ??
    by('parent_user_id', party.parentUserId) ??
    null
  );
}

function contradicts(contact: JsonObject, party: Party): boolean {
  const userId = idAt(contact, 'user_id');
  if (userId !== null && party.userId !== null) return userId !== party.userId;
  const phone = idAt(contact, 'wa_id');
  return phone !== null && party.phone !== null && phone !== party.phone;
}

const LONGEST_KEY = 200;

/**
 * The conversation partner by which order is kept: the group, else the user id (which is there even when the phone is
 * hidden), else the phone. Null when the item names nobody.
 */
export function senderKeyOf(
  part: string,
  item: Json,
  party: Party,
  contact: JsonObject | null,
): string | null {
  const system = objectAt(item, 'system') ?? undefined;
  const group =
    idAt(item, 'recipient_type') === 'group' ? idAt(item, 'recipient_id') : idAt(item, 'group_id');
  const key =
    group ??
    party.userId ??
    idAt(contact ?? undefined, 'user_id') ??
    party.phone ??
    idAt(contact ?? undefined, 'wa_id') ??
    (part === 'messages'
      ? (idAt(system, 'previous_user_id') ?? idAt(system, 'user_id') ?? idAt(system, 'wa_id'))
      : null);
  return key === null ? null : storableKey(key);
}

/** Identifiers are short and printable; anything else is replaced by its digest so that every database takes it. */
function storableKey(key: string): string {
  if (key.length <= LONGEST_KEY && /^[\x20-\x7e]+$/.test(key)) return key.replace(/^\+(?=\d)/, '');
  return createHash('sha256').update(key.toWellFormed()).digest('hex');
}

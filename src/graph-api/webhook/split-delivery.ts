/**
 * One delivery of Meta's webhook into items that can be claimed, retried and quarantined one by one.
 * Must stay true: pure; never throws; everything in the delivery is in exactly one item, also what is malformed or unknown;
 * one bad part never hides another; the same part gives the same dedupe key in any batch and order.
 */
import { isJsonObject, listAt, objectAt, own, secondsAt, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { sourceOf, type Source } from './change-source.ts';
import { callKey, contentKey, echoKey, messageKey, statusKey } from './dedupe-key.ts';
import type { WebhookField } from './delivery-types.ts';
import { matchContact, namesNobody, partyOf, senderKeyOf } from './match-contact.ts';
import type { Party } from './match-contact.ts';
import { parseDelivery } from './parse-delivery.ts';
import { threadOfLone } from './past-message.ts';

/** `history`: one message of the past, which waits behind everything that happens now. */
export type WebhookItemKind = 'message' | 'status' | 'echo' | 'notice' | 'history';

export type WebhookItem = {
  /** The place in the order of work, from 0: messages and echoes as they stood, then notices, statuses, and the past. */
  position: number;
  /** Meta's field, or `malformed`. */
  field: WebhookField | 'malformed';
  kind: WebhookItemKind;
  /** The key the item stood under in its change (`messages`, `errors`, `calls`), or `value` for a whole change. */
  part: string;
  /** As Meta names the entry: the account, or a partner's own portfolio. */
  entryId: string | null;
  /** The account it is about; null for events about a partner's own portfolio. */
  wabaId: string | null;
  phoneNumberId: string | null;
  /** Digits only. */
  displayPhoneNumber: string | null;
  /** The entry of `contacts[]` that belongs to it, by identifiers. */
  contact: JsonObject | null;
  /** Its own JSON, untouched: it may hold NUL and lone surrogates, which databases refuse. Of the past `{ thread, message }`. */
  value: Json;
  /** Unique per thing, at most 60 printable characters. Claim it only after checking who owns the number. */
  dedupeKey: string;
  /** The conversation partner whose order it belongs to: group, user id or phone. */
  senderKey: string | null;
  /** When it happened, by Meta's clock. */
  occurredAt: Date | null;
};

/** The items of a delivery, or why it is none. A delivery without updates has no items. */
export type SplitDelivery = { items: WebhookItem[] } | { malformed: string };

/** Meta sends at most 1,000 updates; the history of a phone comes in chunks of more. */
const MOST_ITEMS = 20_000;
const LONGEST_ID = 512;
/** What is said of a thread of the past beside its messages: an id and a name. */
const LONGEST_THREAD = 2_000;
const ENVELOPE_KEYS = new Set(['messaging_product', 'metadata', 'contacts']);

/** Lists whose entries become items of their own, by field; every other field is one item. */
const SPLIT_FIELDS: ReadonlyMap<string, ReadonlyMap<string, WebhookItemKind>> = new Map(
  Object.entries({
    messages: { messages: 'message', statuses: 'status', message_echoes: 'echo', user_preferences: 'notice' },
    standby: { messages: 'message', statuses: 'status', message_echoes: 'echo' },
    smb_message_echoes: { message_echoes: 'echo' },
    message_echoes: { message_echoes: 'echo' },
    user_preferences: { user_preferences: 'notice' },
    user_id_update: { user_id_update: 'notice' },
    smb_app_state_sync: { state_sync: 'notice' },
    history: { history: 'history', messages: 'history' },
    calls: { calls: 'notice', statuses: 'notice' },
    automatic_events: { automatic_events: 'notice' },
    tracking_events: { events: 'notice' },
    group_lifecycle_update: { groups: 'notice' },
    group_participants_update: { groups: 'notice' },
    group_settings_update: { groups: 'notice' },
    group_status_update: { groups: 'notice' },
  }).map(([field, parts]) => [
    field,
    new Map(Object.entries({ ...parts, errors: 'notice' }) as [string, WebhookItemKind][]),
  ]),
);

/** Splits a delivery. Verify its signature first: nothing here says that it comes from Meta. */
export function splitDelivery(rawBody: Uint8Array): SplitDelivery {
  const parsed = parseDelivery(rawBody);
  if ('malformed' in parsed) return parsed;
  const object = own(parsed.body, 'object');
  if (object !== undefined && object !== 'whatsapp_business_account')
    return { malformed: 'not about a WhatsApp Business Account' };
  const entries = listAt(parsed.body, 'entry');
  if (entries === null) return { malformed: 'no list of entries' };
  const items: Draft[] = [];
  for (const [index, entry] of entries.entries()) {
    splitEntry(items, entry, `entry[${String(index)}]`);
    if (items.length > MOST_ITEMS) return { malformed: `more than ${String(MOST_ITEMS)} updates` };
  }
  return { items: inOrderOfWork(items) };
}

type Draft = Omit<WebhookItem, 'position'>;

const RANK: Readonly<Record<WebhookItemKind, number>> = {
  message: 0,
  echo: 0,
  notice: 1,
  status: 2,
  history: 3,
};

function inOrderOfWork(drafts: Draft[]): WebhookItem[] {
  return drafts
    .toSorted((a, b) => RANK[a.kind] - RANK[b.kind])
    .map((draft, position) => ({ position, ...draft }));
}

function splitEntry(items: Draft[], entry: Json, where: string): void {
  const changes = listAt(entry, 'changes');
  if (changes === null) {
    items.push(malformedItem(sourceOf(entry, 'malformed', null), where, entry));
    return;
  }
  for (const [index, change] of changes.entries()) {
    if (items.length > MOST_ITEMS) return;
    splitChange(items, entry, change, `${where}.changes[${String(index)}]`);
  }
}

function splitChange(items: Draft[], entry: Json, change: Json, where: string): void {
  const field = textAt(change, 'field');
  if (field === null || field.length > 100) {
    items.push(malformedItem(sourceOf(entry, 'malformed', null), where, change));
    return;
  }
  const value = own(change, 'value') ?? null;
  const content = field === 'standby' ? (objectAt(value, 'standby') ?? value) : value;
  const source = sourceOf(entry, field, value, content);
  const parts = SPLIT_FIELDS.get(field);
  if (parts === undefined) {
    items.push(wholeItem(source, value));
    return;
  }
  if (!isJsonObject(content)) {
    items.push(malformedItem(source, where, change));
    return;
  }
  const before = items.length;
  for (const key of Object.keys(content))
    if (!ENVELOPE_KEYS.has(key) && items.length <= MOST_ITEMS)
      splitPart(items, { source, key, kind: parts.get(key), found: content[key] ?? null, where });
  if (items.length === before && !hasPart(content, parts)) items.push(wholeItem(source, value));
}

/** An empty list is a part too: nothing is in it, so nothing is lost. */
function hasPart(content: JsonObject, parts: ReadonlyMap<string, WebhookItemKind>): boolean {
  return Object.keys(content).some((key) => parts.has(key));
}

type Part = { source: Source; key: string; kind: WebhookItemKind | undefined; found: Json; where: string };

function splitPart(items: Draft[], { source, key, kind, found, where }: Part): void {
  if (kind === undefined) {
    items.push(noticeItem(source, key, found));
    return;
  }
  if (!Array.isArray(found)) {
    items.push(malformedItem(source, `${where}.value.${key}`, found));
    return;
  }
  for (const [index, element] of found.entries()) {
    if (items.length > MOST_ITEMS) return;
    const place = `${where}.value.${key}[${String(index)}]`;
    if (kind === 'history' && key === 'history' && isJsonObject(element))
      splitHistory(items, { source, chunk: element, where: place });
    else items.push(elementItem(source, key, kind, element) ?? malformedItem(source, place, element));
  }
}

/** Every message of a chunk is an item; what the chunk says beside them, such as how far the transfer is, is one more. */
function splitHistory(
  items: Draft[],
  { source, chunk, where }: { source: Source; chunk: JsonObject; where: string },
): void {
  const { threads, ...rest } = chunk;
  if (Object.keys(rest).length > 0 || threads === undefined) items.push(noticeItem(source, 'history', rest));
  for (const [index, thread] of (Array.isArray(threads)
    ? threads
    : threads === undefined
      ? []
      : [threads]
  ).entries()) {
    const place = `${where}.threads[${String(index)}]`;
    const messages = listAt(thread, 'messages');
    if (!isJsonObject(thread) || messages === null) {
      items.push(malformedItem(source, place, thread));
      continue;
    }
    const { messages: _, ...about } = thread;
    // Every message gets a copy of it.
    if (JSON.stringify(about).length > LONGEST_THREAD) {
      items.push(malformedItem(source, place, thread));
      continue;
    }
    for (const [position, message] of messages.entries()) {
      if (items.length > MOST_ITEMS) return;
      const item = pastItem(source, about, message);
      items.push(item ?? malformedItem(source, `${place}.messages[${String(position)}]`, message));
    }
  }
}

function pastItem(source: Source, thread: JsonObject, message: Json): Draft | null {
  const id = textAt(message, 'id');
  if (!isJsonObject(message) || id === null || id.length > LONGEST_ID) return null;
  const dedupeKey = messageKey(source.phoneNumberId, id);
  const item = draft(source, { kind: 'history', part: 'history', value: { thread, message }, dedupeKey });
  return { ...item, occurredAt: secondsAt(message, 'timestamp') ?? item.occurredAt };
}

/** The item of one list entry; null when it is not an object or lacks the ids by which it could ever be told apart. */
function elementItem(source: Source, part: string, kind: WebhookItemKind, value: Json): Draft | null {
  if (!isJsonObject(value)) return null;
  if (kind === 'notice') return noticeItem(source, part, value);
  if (kind === 'history') return pastItem(source, threadOfLone(value, source.displayPhoneNumber), value);
  const id = textAt(value, 'id');
  if (id === null || id.length > LONGEST_ID) return null;
  if (kind === 'status' && textAt(value, 'status') === null) return null;
  const dedupeKey =
    kind === 'status'
      ? statusKey(source.phoneNumberId, value)
      : kind === 'echo'
        ? echoKey(source.phoneNumberId, id)
        : messageKey(source.phoneNumberId, id);
  return draft(source, { kind, part, value, dedupeKey });
}

function noticeItem(source: Source, part: string, value: Json): Draft {
  const call = source.field === 'calls' ? callKey(source.phoneNumberId, value) : null;
  const dedupeKey = call ?? contentKey(source, `${source.field}/${part}`, value);
  return draft(source, { kind: 'notice', part, value, dedupeKey });
}

function wholeItem(source: Source, value: Json): Draft {
  return draft(source, {
    kind: 'notice',
    part: 'value',
    value,
    dedupeKey: contentKey(source, source.field, value),
  });
}

function malformedItem(source: Source, where: string, found: Json): Draft {
  const malformed: Source = { ...source, field: 'malformed' };
  return draft(malformed, {
    kind: 'notice',
    part: 'value',
    value: { field: source.field, where, found },
    dedupeKey: contentKey(source, 'malformed', found),
  });
}

function draft(source: Source, made: Pick<Draft, 'kind' | 'part' | 'value' | 'dedupeKey'>): Draft {
  const party: Party = partyOf(made.part, made.value);
  const contact = namesNobody(party, made.value) ? source.onlyContact : matchContact(source.contacts, party);
  const { field, entryId, wabaId, phoneNumberId, displayPhoneNumber } = source;
  const occurredAt = secondsAt(made.value, 'timestamp') ?? source.occurredAt;
  const senderKey = senderKeyOf(made.part, made.value, party, contact);
  const ids = { entryId, wabaId, phoneNumberId, displayPhoneNumber };
  return { field, ...made, ...ids, contact, senderKey, occurredAt };
}

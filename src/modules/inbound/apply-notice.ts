/**
 * What a number's webhooks tell beside messages and statuses: calls, the past, names in the business's address book, people who go on
 * under another id, and what customers wish to receive. The rest is kept as it came.
 */
import { objectAt, secondsAt, textAt, type Json } from '../../graph-api/json.ts';
import { readUserIdUpdate } from '../../graph-api/webhook/identity-change.ts';
import { partyOf } from '../../graph-api/webhook/match-contact.ts';
import { readIdentity } from '../../graph-api/webhook/read-identity.ts';
import type { WebhookItem } from '../../graph-api/webhook/split-delivery.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { recordPreference } from '../crm/record-preference.ts';
import { meetSender, type Place } from './claim-place.ts';
import { receiveCall } from './receive-call.ts';
import { isPastMessage, receiveHistory } from './receive-history.ts';
import type { MessageOutcome } from './store-message.ts';
import { PoisonedItem } from './rules.ts';

/** Null: nothing here acts on it. Throws PoisonedItem. */
export async function applyNotice(tx: Tx, place: Place, item: WebhookItem): Promise<MessageOutcome | null> {
  const { field, part, value, contact } = item;
  const received = { ...place, value, contact };
  if (field === 'calls' && (part === 'calls' || part === 'statuses')) return receiveCall(tx, received);
  if (field === 'history' && isPastMessage(value))
    return receiveHistory(tx, { ...received, displayPhoneNumber: item.displayPhoneNumber });
  if (field === 'smb_app_state_sync' && part === 'state_sync') return noteBookEntry(tx, place, value);
  if (field === 'user_id_update' && part === 'user_id_update') {
    const { before, now, timestamp } = readUserIdUpdate(value, contact);
    return (await meetSender(tx, place, { identity: now, before, at: timestamp })) ? 'done' : null;
  }
  return part === 'user_preferences' ? notePreference(tx, place, item) : null;
}

/** What the business calls a person in its own address book. An entry that is changed comes as `add`. */
async function noteBookEntry(tx: Tx, place: Place, value: Json): Promise<MessageOutcome | null> {
  const contact = objectAt(value, 'contact');
  if (contact === null || textAt(value, 'type') !== 'contact') return null;
  const { name, ...identity } = readIdentity(partyOf('state_sync', contact), {
    ...contact,
    profile: { name: textAt(contact, 'full_name') ?? textAt(contact, 'first_name') ?? '' },
  });
  const bookName = textAt(value, 'action') === 'remove' ? null : (name ?? null);
  const at = secondsAt(objectAt(value, 'metadata') ?? undefined, 'timestamp');
  return (await meetSender(tx, place, { identity, bookName, at })) ? 'done' : null;
}

/** The wish about marketing messages goes into the ledger of consent. */
async function notePreference(tx: Tx, place: Place, item: WebhookItem): Promise<MessageOutcome | null> {
  const { value, contact, dedupeKey } = item;
  const wish = textAt(value, 'value');
  if (wish !== 'stop' && wish !== 'resume' && wish !== 'signup') return null;
  const identity = readIdentity(partyOf('user_preferences', value), contact);
  const at = secondsAt(value, 'timestamp');
  if (!(await meetSender(tx, place, { identity, at })))
    throw new PoisonedItem('The preference names nobody.');
  const isNew = await recordPreference(tx, {
    organizationId: place.organizationId,
    portfolioId: place.number.portfolioId,
    phoneNumberId: place.number.phoneNumberId,
    identity,
    category: textAt(value, 'category') ?? 'marketing_messages',
    method: 'whatsapp_preference',
    optedIn: wish !== 'stop',
    at,
    sourceKey: dedupeKey,
  });
  return isNew ? 'done' : 'duplicate';
}

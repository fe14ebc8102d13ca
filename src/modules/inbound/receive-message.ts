/**
 * A message on one of the organization's numbers: of a customer, or of the business itself when it wrote by another way, such as the
 * WhatsApp Business app. Who gets it, whose customer it is about, into which conversation it goes: all in the caller's transaction, so
 * a message is there with everything that belongs to it or not at all. A reaction, an edit and a deletion are no messages of their own.
 */
import type { Json } from '../../graph-api/json.ts';
import { readSystemChange } from '../../graph-api/webhook/identity-change.ts';
import { readEcho, readMessage, type InboundMessage } from '../../graph-api/webhook/message-content.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { changeMessage, type MessageChange } from '../conversations/change-message.ts';
import { meetSender, type Place, type Told } from './claim-place.ts';
import { PoisonedItem } from './rules.ts';
import { answerAutomatically, listenOnly } from './answer-automatically.ts';
import { saidIn } from './ask-whom.ts';
import { noteConsent } from './hear-consent.ts';
import { storeMessage, storeNew, type MessageContent, type MessageOutcome } from './store-message.ts';
import { fileOf, wordsOf } from './stored-content.ts';

export type ReceivedItem = Place & {
  value: Json;
  contact: Json;
  /** Another app answers this customer at the moment: nobody here has to be called. */
  isStandby?: boolean;
};

/** `duplicate` when this number has had the message before; then nothing else happens. Throws PoisonedItem. */
export async function receiveMessage(tx: Tx, item: ReceivedItem): Promise<MessageOutcome> {
  const message = readMessage(item.value, item.contact);
  const told = toldBy(item, message);
  const change = changeOf(message, message.groupId === null ? 'customer' : memberOf(message));
  if (change) return applyCustomers(tx, item, { message, told, change });
  const isNotice = message.type === 'system';
  const arrival = { isUnread: !isNotice && !item.isStandby, opensWindow: !isNotice, isAnnounced: true };
  const stored = { message, told, direction: 'inbound', status: 'received', arrival } as const;
  // Nobody speaks to us alone in a group.
  if (isNotice || message.groupId !== null) return storeMessage(tx, item, stored);
  const said = item.isStandby ? {} : { said: saidIn(message) };
  const place = await storeNew(tx, item, { ...stored, ...said });
  if (place === null) return 'duplicate';
  await (item.isStandby ? listenOnly : answerAutomatically)(tx, item, { place, message, told });
  return 'done';
}

/** The same for what the business wrote elsewhere: nobody has to read it, and it opens no window. Throws PoisonedItem. */
export async function receiveEcho(tx: Tx, item: ReceivedItem): Promise<MessageOutcome> {
  const message = readEcho(item.value, item.contact);
  const told = { identity: message.to, at: message.timestamp };
  const change = changeOf(message, 'business');
  if (change) return applyTo(tx, item, { message, told, change });
  const arrival = { isUnread: false, opensWindow: false, isAnnounced: true };
  return storeMessage(tx, item, { message, told, direction: 'outbound', status: 'sent', arrival });
}

/** A person who goes on under another number or id is the same person. */
function toldBy(item: ReceivedItem, message: InboundMessage): Told {
  if (message.type !== 'system') return { identity: message.from, at: message.timestamp };
  const { before, now, timestamp } = readSystemChange(item.value, item.contact);
  return { identity: now, before, at: timestamp };
}

/** What a message says about another one; null when it is a message of its own. Throws PoisonedItem. */
export function changeOf(message: MessageContent, by: string): MessageChange | null {
  const { type, wamid, targetWamid, edited } = message;
  if (type !== 'reaction' && type !== 'edit' && type !== 'revoke') return null;
  if (targetWamid === null) throw new PoisonedItem(`The ${type} names no message.`);
  const at = { at: (message.timestamp ?? new Date(0)).toISOString(), wamid, by };
  if (type === 'revoke') return { ...at, kind: 'revoke' };
  if (type === 'reaction') return { ...at, kind: 'reaction', emoji: message.text || null };
  if (edited === null) throw new PoisonedItem('The edit has no new content.');
  return { ...at, kind: 'edit', ...wordsOf(edited), file: fileOf({ ...message, type: edited.type }) };
}

/** Of several people in a group each has a reaction of their own. */
function memberOf({ from }: InboundMessage): string {
  return from.userId ?? from.phone ?? 'customer';
}

/** Ids are short enough to be stored, whatever is said about them. */
const LONGEST_WAMID = 512;

type Said = { message: MessageContent; told: Told; change: MessageChange };

/** The same for what a customer says now: a word of consent that a message is edited into counts like one that was written. */
async function applyCustomers(tx: Tx, place: Place, said: Said): Promise<MessageOutcome> {
  const outcome = await applyTo(tx, place, said);
  const { message, told } = said;
  if (message.edited === null || message.groupId !== null) return outcome;
  const contact = await meetSender(tx, place, told);
  if (contact) await noteConsent(tx, place, { message, words: message.edited, told, contact });
  return outcome;
}

/** Applies what a message says about another one. Throws PoisonedItem. */
export async function applyTo(
  tx: Tx,
  place: Place,
  { message, told, change }: Said,
): Promise<MessageOutcome> {
  const wamid = message.targetWamid ?? '';
  if (wamid.length > LONGEST_WAMID)
    throw new PoisonedItem('The id of the message that it is about is too long.');
  await meetSender(tx, place, told);
  const { organizationId, number } = place;
  const outcome = await changeMessage(
    tx,
    { organizationId, phoneNumberId: number.phoneNumberId, wamid },
    change,
  );
  return outcome === 'parked' ? 'parked' : 'done';
}

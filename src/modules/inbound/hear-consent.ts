/**
 * STOP and START. The ledger keeps every one with the message that said so; what counts is the newest by WhatsApp's clock, and it counts
 * for the person: on every number of the business portfolio, in whoever's conversation.
 */
import type { InboundMessage } from '../../graph-api/webhook/message-content.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { tellOfContact } from '../conversations/tell-of-contact.ts';
import { readConsentWord, type ConsentWord } from '../crm/consent-words.ts';
import { recordPreference } from '../crm/record-preference.ts';
import { meetSender, type Place, type Told } from './claim-place.ts';
import type { StoredPlace } from './store-message.ts';

export type Heard = {
  place: StoredPlace;
  message: InboundMessage;
  told: Told;
  /** The organization's own words. */
  own: { stop_words: readonly string[]; start_words: readonly string[] };
};

/** Null when the message is no such word. `isChange` when the person is now held to want something else than before. */
export async function hearConsent(
  tx: Tx,
  number: Place,
  { place, message, told, own }: Heard,
): Promise<(ConsentWord & { isChange: boolean }) | null> {
  // A button of a template says it too.
  if (message.type !== 'text' && message.type !== 'button') return null;
  const word = readConsentWord(message.text, { stop: own.stop_words, start: own.start_words });
  if (word === null) return null;
  await recordPreference(tx, {
    organizationId: number.organizationId,
    portfolioId: number.number.portfolioId,
    phoneNumberId: place.phoneNumberId,
    identity: told.identity,
    category: 'all',
    method: 'keyword',
    messageId: place.id,
    agentId: place.agentId,
    optedIn: word.wish === 'in',
    at: message.timestamp,
    sourceKey: `message ${place.phoneNumberId} ${place.wamid}`,
  });
  const contact = await meetSender(tx, number, { ...told, consent: word.wish });
  const isChange = contact !== null && contact.isOptedOut !== place.contact.isOptedOut;
  if (isChange) await tellOfContact(tx, contact.id);
  return { ...word, isChange };
}

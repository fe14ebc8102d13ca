/**
 * STOP and START. The ledger keeps every one with the message that said so; what counts is the newest by WhatsApp's clock, and it counts
 * for the person: on every number of the business portfolio, in whoever's conversation, whichever app answers them at the moment.
 */
import { textAt } from '../../graph-api/json.ts';
import type { InboundMessage, MessageWords } from '../../graph-api/webhook/message-content.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { tellOfContact } from '../conversations/tell-of-contact.ts';
import { readConsentWord, type ConsentWord } from '../crm/consent-words.ts';
import type { Contact } from '../crm/contract.ts';
import { recordPreference } from '../crm/record-preference.ts';
import { loadAutomaticMessages } from '../organizations/automatic-messages.ts';
import { meetSender, type Place, type Told } from './claim-place.ts';

export type Heard = {
  /** The message, or the edit, that says it. */
  message: Pick<InboundMessage, 'wamid' | 'timestamp'>;
  words: MessageWords;
  told: Told;
  /** As they were before. */
  contact: Contact;
  /** The message where it is stored; left out for an edit, whose message may not be here. */
  stored?: { id: number; agentId: number | null };
};

/** An organization's own words. */
export type OwnWords = { stop_words: readonly string[]; start_words: readonly string[] };

/** Null when the message is no such word. `isChange` when the person is now held to want something else than before. */
export async function hearConsent(
  tx: Tx,
  number: Place,
  { own, ...heard }: Heard & { own: OwnWords },
): Promise<(ConsentWord & { isChange: boolean }) | null> {
  const { message, words, told, contact: before, stored } = heard;
  if (!isSaid(words)) return null;
  const word = readConsentWord(words.text, { stop: own.stop_words, start: own.start_words });
  if (word === null) return null;
  const { phoneNumberId, portfolioId } = number.number;
  await recordPreference(tx, {
    organizationId: number.organizationId,
    portfolioId,
    phoneNumberId,
    identity: told.identity,
    category: 'all',
    method: 'keyword',
    ...(stored && { messageId: stored.id, agentId: stored.agentId }),
    optedIn: word.wish === 'in',
    at: message.timestamp,
    sourceKey: `message ${phoneNumberId} ${message.wamid}`,
  });
  const contact = await meetSender(tx, number, { ...told, consent: word.wish });
  const isChange = contact !== null && contact.isOptedOut !== before.isOptedOut;
  if (isChange) await tellOfContact(tx, contact.id);
  return { ...word, isChange };
}

/** The same where nothing is answered: another app does, or an earlier message says it now. */
export async function noteConsent(tx: Tx, number: Place, heard: Heard): Promise<void> {
  if (!isSaid(heard.words)) return;
  const { settings } = await loadAutomaticMessages(tx);
  await hearConsent(tx, number, { ...heard, own: settings });
}

/** What a person writes, or says with a button of a template or of a message. */
function isSaid({ type, payload }: MessageWords): boolean {
  return (
    type === 'text' ||
    type === 'button' ||
    (type === 'interactive' && textAt(payload, 'type') === 'button_reply')
  );
}

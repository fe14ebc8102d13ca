/**
 * What Switchboard does by itself about a message that a customer has just written: it notes STOP and START, gives what waited to whom
 * the customer named, asks whom they mean, says that they wait, greets, says that somebody is away. All of it in the transaction that
 * stored the message, so it happens once, whenever a process dies.
 */
import type { InboundMessage } from '../../graph-api/webhook/message-content.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { giveWaiting } from '../conversations/give-waiting.ts';
import type { Language } from '../crm/consent-words.ts';
import { fillBrand, standardText } from '../outbound/automatic-texts.ts';
import { sendAutomatic, type AutomaticMessage } from '../outbound/send-automatic.ts';
import { findSignature } from '../outbound/signature.ts';
import { loadAutomaticMessages } from '../organizations/automatic-messages.ts';
import { isAway } from '../rentals/contract-auto-responses.ts';
import { findAutoResponses } from '../rentals/find-auto-responses.ts';
import { composeQuestion, isSomebodyElse, isUndecided, saidIn } from './ask-whom.ts';
import type { Place, Told } from './claim-place.ts';
import { hearConsent, noteConsent, type Heard } from './hear-consent.ts';
import type { StoredPlace } from './store-message.ts';

export type Answered = { place: StoredPlace; message: InboundMessage; told: Told };
type Settings = Awaited<ReturnType<typeof loadAutomaticMessages>>['settings'];
type Voice = { brand: string; settings: Settings };

/** In how many hours the same person is told the same at most. */
const QUESTION_HOURS = 24;
const NOTICE_HOURS = 24;
const AWAY_HOURS = 12;

export async function answerAutomatically(tx: Tx, number: Place, answered: Answered): Promise<void> {
  const { settings, brand } = await loadAutomaticMessages(tx);
  const voice = { settings, brand: brand ?? number.installBrand };
  if (await answerConsent(tx, number, { ...answered, ...voice })) return;
  const { place } = answered;
  if (place.isAnswer && place.agentId !== null) {
    await giveWaiting(tx, { contactId: place.contact.id, agentId: place.agentId, why: place.routing.reason });
    return;
  }
  if (place.agentId === null) await answerWaiting(tx, answered, voice);
  else await answerForAgent(tx, number, { ...answered, ...voice, agentId: place.agentId });
}

/** While another app answers, only what the customer wishes is noted: nothing is said. */
export function listenOnly(tx: Tx, number: Place, answered: Answered): Promise<void> {
  return noteConsent(tx, number, heardIn(answered));
}

function send(
  tx: Tx,
  { place, message }: Answered,
  words: Omit<AutomaticMessage, 'saidAt'>,
): Promise<boolean> {
  const { organizationId, phoneNumberId, agentId, home, customerId, contact, thread } = place;
  const to = { organizationId, phoneNumberId, agentId, home, customerId };
  return sendAutomatic(
    tx,
    { ...to, contactId: contact.id, conversationId: thread?.id ?? null },
    { ...words, saidAt: message.timestamp },
  );
}

function heardIn({ place, message, told }: Answered): Heard {
  return { message, words: message, told, contact: place.contact, stored: place };
}

/** Whether the message was a word of consent; then it is about nothing else. A change is confirmed, a repetition is not. */
async function answerConsent(tx: Tx, number: Place, answered: Answered & Voice): Promise<boolean> {
  const { settings, brand } = answered;
  const word = await hearConsent(tx, number, { ...heardIn(answered), own: settings });
  if (word === null) return false;
  if (word.isChange) {
    const kind = word.wish === 'out' ? 'opted_out' : 'opted_in';
    const text = standardText(kind, word.language ?? settings.language, brand);
    await send(tx, answered, { kind, about: '', hours: 0, text });
  }
  return true;
}

/** To somebody whose message waits: the question whom they mean, or that they wait. */
async function answerWaiting(tx: Tx, answered: Answered, { settings, brand }: Voice): Promise<void> {
  const { place, message } = answered;
  if (isUndecided(place.routing) && !isSomebodyElse(saidIn(message))) {
    const question = await composeQuestion(tx, place.contact, settings.language);
    await send(tx, answered, {
      kind: 'question',
      about: place.phoneNumberId,
      hours: QUESTION_HOURS,
      ...question,
    });
    return;
  }
  if (!settings.notice.enabled) return;
  const text = noticeIn(settings, settings.language, brand);
  await send(tx, answered, { kind: 'notice', about: '', hours: NOTICE_HOURS, text });
}

function noticeIn({ notice }: Settings, language: Language, brand: string): string {
  const own = notice.texts[language];
  return own === undefined ? standardText('notice', language, brand) : fillBrand(own, brand);
}

/** In the name of the agent's user: a greeting to a first message, and that nobody is there outside their hours. */
async function answerForAgent(
  tx: Tx,
  { number }: Place,
  answered: Answered & Voice & { agentId: number },
): Promise<void> {
  const { place, message, brand, agentId } = answered;
  const found = await findAutoResponses(tx, agentId);
  if (!found || !place.thread || message.timestamp === null) return;
  const { welcome, away } = found.responses;
  const isFirst = place.thread.isNew;
  const greets = isFirst && welcome?.enabled === true;
  const isOut = away?.enabled === true && isAway(away, message.timestamp);
  if (!greets && !isOut) return;
  const signature = number.mode === 'central' ? await findSignature(tx, found.userId, brand) : null;
  if (greets)
    await send(tx, answered, {
      kind: 'welcome',
      about: `${place.phoneNumberId} ${String(agentId)}`,
      hours: null,
      text: welcome.text,
      signature,
    });
  if (isOut)
    await send(tx, answered, {
      kind: 'away',
      about: place.thread.id,
      hours: AWAY_HOURS,
      text: away.text,
      signature,
    });
}

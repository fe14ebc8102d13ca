/**
 * Where a message from outside goes: who the person is, whose customer, and its id. What must stay true: the contact is met before the
 * message is claimed, in every way in, so that two workers never wait for each other in a circle.
 */
import { claimMessage, findAgentHome } from '../conversations/record-message.ts';
import type { MessageChange } from '../conversations/change-message.ts';
import type { Contact, ToldOfContact } from '../crm/contract.ts';
import { customerOf, meetContact } from '../crm/meet-contact.ts';
import type { RouteDecision } from '../routing/contract.ts';
import { insertDecision, routeMessage, type ReceivingNumber } from '../routing/route-message.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { findAnswer, type Said } from './ask-whom.ts';
import { reconsiderWaiting } from './reconsider-waiting.ts';
import { PoisonedItem } from './rules.ts';

/** A number of an organization that something came in on. */
export type Place = {
  organizationId: string;
  number: ReceivingNumber;
  /** Who writes where the organization has no brand of its own. */
  installBrand: string;
  log: Pick<Logger, 'info'>;
};

/** Who is told of, in what came in at a time; without one it counts as the oldest. */
export type Told = Omit<ToldOfContact, 'portfolioId' | 'at'> & { at: Date | null };

/** Null when nobody is named. What waits of them goes to whom it turns out to be for. */
export async function meetSender(tx: Tx, { number }: Place, told: Told): Promise<Contact | null> {
  const met = { ...told, portfolioId: number.portfolioId, at: told.at ?? new Date(0) };
  const contact = await meetContact(tx, met);
  return contact && (await reconsiderWaiting(tx, contact)) ? meetContact(tx, met) : contact;
}

export type ClaimedPlace = {
  organizationId: string;
  phoneNumberId: string;
  wamid: string;
  /** The message's. */
  id: number;
  customerId: number;
  agentId: number | null;
  home: number;
  /** What was said about the message before it came. */
  parked: MessageChange[];
  lease: RouteDecision['lease'];
  routing: { rule: string; reason: string };
  contact: Contact;
  /** The customer has said, by it, whom everything that waits of theirs is for. */
  isAnswer: boolean;
};

/** What arrived, as far as its place depends on it. */
export type Arriving = {
  wamid: string;
  told: Told;
  /** What the customer says now; left out for the past, and for what the business itself wrote. */
  said?: Said;
};

/** Null when this number has had the message before; then nothing was written. Throws PoisonedItem. */
export async function claimPlace(tx: Tx, place: Place, message: Arriving): Promise<ClaimedPlace | null> {
  if (message.wamid === '') throw new PoisonedItem('The message has no id.');
  const contact = await meetSender(tx, place, message.told);
  if (!contact) throw new PoisonedItem('The message names no sender.');
  const routed = await routeMessage(tx, place.number, contact);
  const answered = message.said ? await findAnswer(tx, place, { contact, routed, said: message.said }) : null;
  const decision = answered ?? routed;
  const home = decision.chosen && (await findAgentHome(tx, decision.chosen.agentId));
  const { agentId, home: at } = home ?? { agentId: null, home: 0 };
  const key = {
    organizationId: place.organizationId,
    phoneNumberId: place.number.phoneNumberId,
    wamid: message.wamid,
  };
  const claimed = await claimMessage(tx, { ...key, agentId });
  if (!claimed) return null;
  const customerId = await customerOf(tx, contact, { agentId });
  const { lease, ...decided } = decision;
  await insertDecision(tx, { ...key, ...decided, messageId: claimed.messageId });
  const { rule, reason } = decision;
  logRoute(place, decision, claimed.messageId);
  return {
    ...key,
    id: claimed.messageId,
    parked: claimed.parked,
    customerId,
    agentId,
    home: at,
    lease,
    routing: { rule, reason },
    contact,
    isAnswer: answered?.chosen != null,
  };
}

/** Ids only: a wamid holds the sender's number. A transaction that is tried again says it again. */
function logRoute({ log, organizationId, number }: Place, decision: RouteDecision, messageId: number): void {
  const { rule, chosen, candidates } = decision;
  log.info(
    {
      organization_id: organizationId,
      phone_number_id: number.phoneNumberId,
      message_id: messageId,
      rule,
      user_id: chosen?.userId ?? null,
      candidates: candidates.length,
    },
    'A message was routed',
  );
}

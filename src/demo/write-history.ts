/** One demo customer's past: the same messages in the database and on the simulated phone. */
import type { Simulator } from '../../simulator/create-simulator.ts';
import type { App } from '../app.ts';
import { importHistory, type PastMessage } from '../modules/conversations/import-history.ts';
import { findAgentOfUser, findMessageKey } from '../modules/conversations/record-message.ts';
import { customerOf, meetContact } from '../modules/crm/meet-contact.ts';
import { signatureOf } from '../modules/rentals/contract.ts';
import type { RouteDecision } from '../modules/routing/contract.ts';
import { findDecision, insertDecision, routeMessage } from '../modules/routing/route-message.ts';
import { findNumber } from '../modules/waba/find-number.ts';
import { asWorker, type Tx } from '../platform/db/tx.ts';
import { DEMO_ACCOUNT, type DemoCustomer } from './demo-content.ts';

export type HistoryOf = {
  app: App;
  simulator: Simulator;
  agent: { userId: string; organizationId: string; name: string };
  customer: DemoCustomer;
};

const MINUTE = 60_000;

/** Stable, so that making the demo twice stores nothing twice. */
function wamidOf(customer: DemoCustomer, index: number): string {
  return `wamid.DEMO${Buffer.from(`${customer.phone}-${String(index)}`)
    .toString('hex')
    .toUpperCase()}`;
}

function pastMessages({ app, agent, customer }: HistoryOf): PastMessage[] {
  const now = app.clock.now().getTime();
  const signature = customer.address
    ? signatureOf({ name: agent.name, own: null }, app.config.brandName)
    : null;
  return customer.lines.map((line, index) => ({
    wamid: wamidOf(customer, index),
    direction: line.from === 'them' ? 'inbound' : 'outbound',
    text: line.text,
    at: new Date(now - line.ago * MINUTE),
    status: line.status ?? 'read',
    ...(line.from === 'us' ? { sentBy: agent.userId, signature } : {}),
  }));
}

export async function writeHistory(history: HistoryOf): Promise<void> {
  const { app, simulator, agent, customer } = history;
  const phoneNumberId = customer.address ? DEMO_ACCOUNT.central.id : DEMO_ACCOUNT.dedicated.id;
  const messages = pastMessages(history);
  const identity = {
    phone: customer.phone,
    name: customer.name,
    ...(customer.username ? { username: customer.username } : {}),
  };
  await asWorker(app, agent.organizationId, async (tx) => {
    const home = await findAgentOfUser(tx, agent.userId);
    if (!home) throw new Error(`${agent.name} has no agent.`);
    const scope = { organizationId: agent.organizationId, ...home };
    const contact = await meetContact(tx, {
      portfolioId: DEMO_ACCOUNT.businessId,
      identity,
      at: app.clock.now(),
    });
    if (!contact) throw new Error(`${customer.name} has no phone.`);
    const number = await findNumber(tx, phoneNumberId);
    if (!number) throw new Error(`The demo has no number ${phoneNumberId}.`);
    const first = await routeMessage(tx, number, contact);
    const customerId = await customerOf(tx, contact, scope);
    await importHistory(tx, { ...scope, phoneNumberId, customerId, messages, unread: customer.unread ?? 0 });
    const later = await routeMessage(tx, number, {
      ...contact,
      customers: [{ agentId: home.agentId, customerId }],
    });
    await explainHistory(tx, { organizationId: agent.organizationId, phoneNumberId, messages, first, later });
  });
  showOnPhone(simulator, { customer, phoneNumberId, messages });
}

/** Why each message is where it is: the first by the rules, the others by the conversation that it began. */
async function explainHistory(
  tx: Tx,
  past: {
    organizationId: string;
    phoneNumberId: string;
    messages: PastMessage[];
    first: RouteDecision;
    later: RouteDecision;
  },
): Promise<void> {
  const { organizationId, phoneNumberId, messages, first, later } = past;
  const inbound = messages.filter(({ direction }) => direction === 'inbound');
  for (const [index, { wamid }] of inbound.entries()) {
    const key = await findMessageKey(tx, phoneNumberId, wamid);
    const decision = index === 0 ? first : later;
    if (key && (await findDecision(tx, key.messageId)) === null)
      await insertDecision(tx, {
        organizationId,
        phoneNumberId,
        wamid,
        ...decision,
        messageId: key.messageId,
      });
  }
}

function showOnPhone(
  simulator: Simulator,
  chat: { customer: DemoCustomer; phoneNumberId: string; messages: PastMessage[] },
): void {
  const { customer, phoneNumberId, messages } = chat;
  simulator.control.declareCustomer({
    from: customer.phone,
    name: customer.name,
    username: customer.username ?? null,
  });
  simulator.control.importChat({
    phone_number_id: phoneNumberId,
    customer: customer.phone,
    messages: messages.map((message) => ({
      id: message.wamid,
      direction: message.direction,
      text: message.signature ? `${message.signature}\n${message.text}` : message.text,
      at: message.at.getTime(),
      status: message.status === 'sent' || message.status === 'delivered' ? message.status : 'read',
    })),
  });
}

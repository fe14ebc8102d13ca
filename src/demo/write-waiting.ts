/** Somebody who waits in triage, so that it has something to show: what they wrote is routed by the rules, like any message. */
import type { Simulator } from '../../simulator/create-simulator.ts';
import type { App } from '../app.ts';
import { readMessage } from '../graph-api/webhook/message-content.ts';
import { storeMessage } from '../modules/inbound/store-message.ts';
import { findNumber } from '../modules/waba/find-number.ts';
import { asWorker } from '../platform/db/tx.ts';
import { DEMO_ACCOUNT, DEMO_WAITING } from './demo-content.ts';

const MINUTE = 60_000;

/** Stores nothing twice. Nobody is notified, and nothing is written to them. */
export async function writeWaiting(app: App, organizationId: string, simulator: Simulator): Promise<void> {
  const { phone, name, lines } = DEMO_WAITING;
  const now = app.clock.now().getTime();
  const written = lines.map(({ ago, text }, index) => ({
    id: `wamid.DEMO${Buffer.from(`${phone}-${String(index)}`)
      .toString('hex')
      .toUpperCase()}`,
    text,
    at: now - ago * MINUTE,
  }));
  await asWorker(app, organizationId, async (tx) => {
    const number = await findNumber(tx, DEMO_ACCOUNT.central.id);
    if (!number) throw new Error('The demo has no central number.');
    const place = { organizationId, number, installBrand: app.config.brandName, log: app.log };
    for (const { id, text, at } of written) {
      const timestamp = String(Math.floor(at / 1000));
      const message = readMessage({ from: phone, id, timestamp, type: 'text', text: { body: text } });
      await storeMessage(tx, place, {
        message,
        told: { identity: { phone, name }, at: message.timestamp },
        direction: 'inbound',
        status: 'received',
        arrival: { isUnread: true, opensWindow: true, isAnnounced: true },
      });
    }
  });
  simulator.control.declareCustomer({ from: phone, name });
  simulator.control.importChat({
    phone_number_id: DEMO_ACCOUNT.central.id,
    customer: phone,
    messages: written.map(({ id, text, at }) => ({ id, direction: 'inbound', text, at, status: 'read' })),
  });
}

/** What tests of routing do again and again: an organization with numbers, a customer who writes, and the decision that was stored. */
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from './admin-query.ts';
import { registerOwner, request } from './api.ts';
import { deliver, envelope, newWamid, textChange, type Sender } from './deliveries.ts';
import { inboxOf } from './inbox.ts';
import { connectNumber } from './numbers.ts';
import type { TestSwitchboard } from './switchboard.ts';

export type StoredDecision = {
  rule: string;
  reason: string;
  candidates: { userId: string; name: string }[];
  user_id: string | null;
  message: string;
  home: string;
};

export type RoutingDesk = Awaited<ReturnType<typeof openRoutingDesk>>;

/** A fresh organization whose owner answers on a dedicated number. */
export async function openRoutingDesk(switchboard: TestSwitchboard) {
  const owner = await registerOwner(switchboard.url);
  await queryAsAdmin(switchboard.database, 'UPDATE users SET verified = true WHERE id = $1', [owner.user.id]);
  const { phoneNumberId: dedicated, businessId } = await connectNumber(switchboard, owner.access_token);
  /** Another number of the same business. */
  const addNumber = async () =>
    (await connectNumber(switchboard, owner.access_token, { businessId })).phoneNumberId;
  return {
    owner,
    dedicated,
    addNumber,
    async addCentralNumber(): Promise<string> {
      const phoneNumberId = await addNumber();
      const url = `${switchboard.url}/api/v1/phone-numbers/${phoneNumberId}`;
      const { status } = await request(url, {
        method: 'PATCH',
        token: owner.access_token,
        body: { mode: 'central' },
      });
      if (status !== 200) throw new Error(`Making the number central answered ${String(status)}.`);
      return phoneNumberId;
    },
    /** A customer writes; tells what was decided about the message. */
    async write(phoneNumberId: string, from: Sender, text = 'Hello?'): Promise<StoredDecision> {
      const id = newWamid();
      await deliver(switchboard.url, envelope([textChange(phoneNumberId, { from, text, id })]));
      await switchboard.settle();
      const [decision] = await queryAsAdmin<StoredDecision>(
        switchboard.database,
        `SELECT d.rule, d.reason, d.candidates, d.user_id, m.message, m.home FROM route_decisions d
         JOIN messages m ON m.id = d.message_id WHERE d.wamid = $1`,
        [id],
      );
      if (!decision) throw new Error('Nothing was decided.');
      return decision;
    },
    textsOf: (session: SessionAnswer) => inboxOf(switchboard.url, session.access_token).texts(),
    /** Makes somebody the one who answers on a number, or with null on none. */
    async answersOn({ user }: SessionAnswer, phoneNumberId: string | null): Promise<void> {
      if (phoneNumberId === null)
        await queryAsAdmin(
          switchboard.database,
          'UPDATE whatsapp_configuration SET is_active = false WHERE user_id = $1',
          [user.id],
        );
      else
        await queryAsAdmin(
          switchboard.database,
          `INSERT INTO whatsapp_configuration (organization_id, user_id, whatsapp_number, webhook_url, phone_number_id)
           SELECT organization_id, id, '15550001122', 'https://example.test/webhooks/whatsapp', $2 FROM users WHERE id = $1
           ON CONFLICT (user_id) DO UPDATE SET phone_number_id = excluded.phone_number_id, is_active = true`,
          [user.id, phoneNumberId],
        );
    },
    /** Nobody answers and nobody is active, so whoever writes waits; and nobody is told that they do. */
    async letEverybodyWait(): Promise<void> {
      const organization = [owner.organization.id];
      await queryAsAdmin(
        switchboard.database,
        'UPDATE whatsapp_configuration SET is_active = false WHERE organization_id = $1',
        organization,
      );
      await queryAsAdmin(
        switchboard.database,
        'UPDATE users SET last_active_at = NULL, verified = false WHERE organization_id = $1',
        organization,
      );
      await queryAsAdmin(
        switchboard.database,
        `UPDATE organizations SET automatic_messages =
           '{"language":"en","notice":{"enabled":false,"texts":{}},"stop_words":[],"start_words":[]}' WHERE id = $1`,
        organization,
      );
    },
    disable: ({ user }: SessionAnswer) =>
      queryAsAdmin(switchboard.database, 'UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]),
  };
}

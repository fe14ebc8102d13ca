/** Who writes and who answers in the inbound benchmark, and what Meta delivers of it. */
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { onlyAccountOf } from '../../src/graph-api/webhook/only-account.ts';
import { envelopeOf, messagesChange, statusesChange, textMessage } from '../../test/harness/deliveries.ts';

/** So many agents of one organization, each answering on a number of their own. Those that are there stay. */
export async function makeAgents(admin: pg.Client, agents: number): Promise<void> {
  await admin.query(`SELECT app.register_organization('firm', 'Firm', 'Owner', 'owner@bench.test', 'x', 'agt_owner')
    WHERE NOT EXISTS (SELECT FROM organizations WHERE id = 'firm')`);
  const { rows } = await admin.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM phone_numbers WHERE organization_id = 'firm'`,
  );
  for (let n = (rows[0]?.n ?? 0) + 1; n <= agents; n++) {
    const [name, number] = [`agent${String(n)}`, numberOf(n)];
    await admin.query(
      `WITH u AS (INSERT INTO users (organization_id, name, email) VALUES ('firm', '${name}', '${name}@bench.test') RETURNING id),
         p AS (INSERT INTO phone_numbers (phone_number_id, organization_id, waba_id, portfolio_id, display_phone_number)
           VALUES ('${number}', 'firm', '${FIRM_ACCOUNT}', 'portfolio', '${number}')),
         w AS (INSERT INTO whatsapp_configuration (organization_id, user_id, whatsapp_number, webhook_url, phone_number_id)
           SELECT 'firm', u.id, '${number}', 'https://bench.test', '${number}' FROM u)
       SELECT FROM u`,
    );
    await admin.query(
      `SELECT create_agent(id, 'agt_${name}', id) FROM users WHERE email = '${name}@bench.test'`,
    );
  }
}

/** The account of the firm's numbers. */
const FIRM_ACCOUNT = '660000000001';
const numberOf = (n: number) => String(800_000_000_000 + n);
const phoneOf = (n: number) => String(4_915_000_000_000 + n);
const wamid = () => `wamid.${randomBytes(21).toString('base64url')}`;

export type Crowd = { agents: number; contacts: number };

/** Deliveries of so many messages each. The same contact always writes to the same number. */
export function messageDelivery({ agents, contacts }: Crowd, index: number, messages: number): string {
  const changes = Array.from({ length: messages }, (_, offset) => {
    const contact = (index * messages + offset) % contacts;
    const from = { phone: phoneOf(contact), name: `Contact ${String(contact)}` };
    const text = `Line ${String(index)}: is the flat on Mill Road still free, and could we see it on Thursday?`;
    const message = textMessage({ from, text, id: wamid() });
    return messagesChange(numberOf(1 + (contact % agents)), [message], [from]);
  });
  return JSON.stringify(envelopeOf(FIRM_ACCOUNT, changes));
}

/** Deliveries of so many statuses each, of messages that were sent from elsewhere: they are parked. */
export function statusDelivery({ agents, contacts }: Crowd, index: number, statuses: number): string {
  const steps = Array.from({ length: statuses }, (_, offset) => ({
    id: wamid(),
    status: 'delivered',
    recipient: phoneOf((index * statuses + offset) % contacts),
  }));
  return JSON.stringify(envelopeOf(FIRM_ACCOUNT, [statusesChange(numberOf(1 + (index % agents)), steps)]));
}

/** Puts deliveries where the webhook would put them, as fast as the database takes them. */
export async function fillBacklog(
  admin: pg.Client,
  deliveries: number,
  make: (index: number) => string,
): Promise<void> {
  const AT_ONCE = 200;
  for (let first = 0; first < deliveries; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, deliveries - first);
    const bodies = Array.from({ length: count }, (_, offset) => Buffer.from(make(first + offset)));
    await admin.query('SELECT app.store_deliveries($1, $2, $3, $4)', [
      Buffer.concat(bodies),
      bodies.map((body) => body.length),
      bodies.map(() => 'install'),
      bodies.map((body) => onlyAccountOf(body) ?? ''),
    ]);
  }
}

/**
 * Whether anything of the firm waits. Asks for one row: whoever counts a million again and again measures the counting.
 */
export async function isWorkLeft(admin: pg.Client): Promise<boolean> {
  const { rows } = await admin.query<{ left: boolean }>(
    `SELECT EXISTS (SELECT FROM app.webhook_deliveries WHERE state = 'received' AND turn_of = $1)
       OR EXISTS (SELECT FROM app.webhook_lanes WHERE share = 'firm') AS left`,
    [FIRM_ACCOUNT],
  );
  return rows[0]?.left ?? false;
}

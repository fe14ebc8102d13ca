/** Rows of one person in every table that has rows of persons (two-organizations.ts). */
import type pg from 'pg';
import type { Person } from './two-organizations.ts';

type Run = (statement: string, values: unknown[]) => Promise<pg.QueryResult<{ id: string }>>;

const HOME = '(SELECT home FROM agents WHERE id = $1)';

/** One row of a person in every table that has rows of persons. */
export async function fillPerson(
  client: pg.Client,
  { id, number, person }: { id: string; number: string; person: Person },
): Promise<void> {
  const { userId, agentId } = person;
  const run: Run = (statement, values) => client.query(statement, values);
  const scope = [agentId, id];
  const customer = await run(
    `INSERT INTO customers (home, agent_id, organization_id, name, phone, username) VALUES (${HOME}, $1, $2, 'n', '4917', 'u') RETURNING id`,
    scope,
  );
  const customerId = customer.rows[0]?.id;
  const property = await run(
    `INSERT INTO rental.properties (organization_id, user_id, address) VALUES ($1, $2, 'a') RETURNING id`,
    [id, userId],
  );
  const conversation = await run(
    `INSERT INTO conversations (agent_id, organization_id, phone_number_id, customer_id, property_id) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
    [...scope, number, customerId, property.rows[0]?.id],
  );
  const conversationId = conversation.rows[0]?.id;
  const message = await run(
    `INSERT INTO messages (home, agent_id, organization_id, conversation_id, customer_id, message, direction, status, phone_number_id, payload, error)
     VALUES (${HOME}, $1, $2, $3, $4, 'm', 'inbound', 'received', $5, '{}', '{}') RETURNING id`,
    [...scope, conversationId, customerId, number],
  );
  const messageId = message.rows[0]?.id;
  await run(`SELECT app.make_archive_year(2020)`, []);
  await run(
    `INSERT INTO messages_archive (id, agent_id, organization_id, conversation_id, customer_id, message, direction, status, phone_number_id, timestamp)
     VALUES ($5, $1, $2, $3, $4, 'm', 'inbound', 'received', 'n', '2020-05-05')`,
    [...scope, conversationId, customerId, messageId],
  );
  await run(
    `INSERT INTO contact_identities (agent_id, organization_id, portfolio_id, kind, value, customer_id) VALUES ($1, $2, 'p', 'phone', '4917', $3)`,
    [...scope, customerId],
  );
  await run(`INSERT INTO events (agent_id, organization_id, type, data) VALUES ($1, $2, 't', '{}')`, scope);
  await run(
    `INSERT INTO consent_events (agent_id, organization_id, subject, user_id, opted_in, method) VALUES ($1, $2, 'landlord', $3, true, 'm')`,
    [...scope, userId],
  );
  await fillMessage(run, { scope, number, userId, conversationId, messageId });
  await fillOrder(run, scope, customerId);
  await fillConnection(run, id, userId);
  await fillSignIn(run, id, userId);
  await fillLease(client, { id, userId, propertyId: property.rows[0]?.id });
}

async function fillLease(
  client: pg.Client,
  { id, userId, propertyId }: { id: string; userId: string; propertyId: string | undefined },
): Promise<void> {
  const renter = await client.query<{ id: string }>(
    `INSERT INTO rental.tenants (organization_id, user_id, name, phone) VALUES ($1, $2, 'n', '1') RETURNING id`,
    [id, userId],
  );
  await client.query(
    `INSERT INTO rental.leases (organization_id, tenant_id, property_id) VALUES ($1, $2, $3)`,
    [id, renter.rows[0]?.id, propertyId],
  );
}

/** What hangs on a message. */
async function fillMessage(
  run: Run,
  {
    scope,
    number,
    userId,
    conversationId,
    messageId,
  }: {
    scope: unknown[];
    number: string;
    userId: string;
    conversationId: string | undefined;
    messageId: string | undefined;
  },
): Promise<void> {
  await run(
    `INSERT INTO media (agent_id, organization_id, conversation_id, message_id, phone_number_id, meta_id, kind, expires_at)
     VALUES ($1, $2, $3, $4, $5, 'm', 'image', now())`,
    [...scope, conversationId, messageId, number],
  );
  await run(
    `INSERT INTO message_keys (agent_id, organization_id, phone_number_id, wamid, message_id) VALUES ($1, $2, $3, $4, $5)`,
    [...scope, number, `wamid.${userId}`, messageId],
  );
  await run(
    `INSERT INTO route_decisions (agent_id, organization_id, phone_number_id, wamid, rule, reason, candidates, user_id, message_id)
     VALUES ($1, $2, $3, $4, 'number', 'r', '[]', $5, $6)`,
    [...scope, number, `wamid.${userId}`, userId, messageId],
  );
  await run(
    `INSERT INTO outbox (agent_id, organization_id, conversation_id, message_id, phone_number_id, request, user_id)
     VALUES ($1, $2, $3, $4, $5, '{}', $6)`,
    [...scope, conversationId, messageId, number, userId],
  );
}

async function fillOrder(run: Run, scope: unknown[], customerId: string | undefined): Promise<void> {
  const order = await run(
    `INSERT INTO orders (home, agent_id, organization_id, customer_id) VALUES (${HOME}, $1, $2, $3) RETURNING id`,
    [...scope, customerId],
  );
  await run(
    `INSERT INTO orders_items (home, agent_id, organization_id, order_id, name) VALUES (${HOME}, $1, $2, $3, 'i')`,
    [...scope, order.rows[0]?.id],
  );
}

/** How a person is connected with Meta. */
async function fillConnection(run: Run, id: string, userId: string): Promise<void> {
  await run(
    `INSERT INTO waba_accounts (organization_id, user_id, waba_id, access_token) VALUES ($1, $2, 'w', 't')`,
    [id, userId],
  );
  await run(
    `INSERT INTO connection_attempts (organization_id, user_id, kind, status, step, app_id, access_token)
     VALUES ($1, $2, 'token', 'failed', 'subscribe', 'a', 't')`,
    [id, userId],
  );
  await run(
    `INSERT INTO whatsapp_configuration (organization_id, user_id, whatsapp_number, webhook_url, api_key) VALUES ($1, $2, '1', 'u', 'k')`,
    [id, userId],
  );
}

/** How a person and their programs sign in, and whom they invited. */
async function fillSignIn(run: Run, id: string, userId: string): Promise<void> {
  await run(
    `INSERT INTO sessions (organization_id, user_id, refresh_hash, user_agent, expires_at)
     VALUES ($1, $2, $3, 'agent', now() + interval '1 day')`,
    [id, userId, Buffer.from(`refresh ${userId}`)],
  );
  await run(
    `INSERT INTO sign_in_links (organization_id, user_id, token_hash, expires_at) VALUES ($1, $2, $3, now() + interval '1 day')`,
    [id, userId, Buffer.from(`link ${userId}`)],
  );
  await run(
    `INSERT INTO invitations (organization_id, email, name, token_hash, by_mail, invited_by, expires_at)
     VALUES ($1, 'e' || $2::uuid, 'n', $3, false, $2, now() + interval '1 day')`,
    [id, userId, Buffer.from(`invitation ${userId}`)],
  );
  await run(
    `INSERT INTO api_keys (organization_id, user_id, name, key_hash, hint, scopes) VALUES ($1, $2, 'n', $3, 'h', '{self:read}')`,
    [id, userId, Buffer.from(`key ${userId}`)],
  );
  await fillSecondFactor(run, id, userId);
}

async function fillSecondFactor(run: Run, id: string, userId: string): Promise<void> {
  const hash = Buffer.from(`hash ${userId}`);
  await run(
    `INSERT INTO account_links (organization_id, user_id, token_hash, purpose, email, expires_at)
     VALUES ($1, $2, $3, 'reset_password', 'e', now() + interval '1 day')`,
    [id, userId, hash],
  );
  await run(`INSERT INTO user_totp (organization_id, user_id, secret) VALUES ($1, $2, 's')`, [id, userId]);
  await run(`INSERT INTO recovery_codes (organization_id, user_id, code_hash) VALUES ($1, $2, $3)`, [
    id,
    userId,
    hash,
  ]);
  await run(`INSERT INTO known_devices (organization_id, user_id, device_hash) VALUES ($1, $2, $3)`, [
    id,
    userId,
    hash,
  ]);
}

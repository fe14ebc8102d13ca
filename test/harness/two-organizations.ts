/**
 * Two organizations, north and south, with the same things in both and a canary in every text column that can hold one, so that a
 * test can look for the one's words in whatever the other can read. A new table has to be filled here: `listTablesWithoutRows`
 * names it, and a test fails until it is.
 */
import pg from 'pg';

export type Person = { userId: string; agentId: number; prefix: string };
export type CanaryOrganization = {
  id: string;
  /** In every text of the organization that has no single owner; also the beginning of all its other canaries. */
  canary: string;
  owner: Person;
  /** Tables of its own. */
  first: Person;
  /** In a pool, together with the second agent of the other organization. */
  second: Person;
};

const SHARED_POOL = -3;

/** Runs work as the owner of the tables, whatever role migrated them. */
export async function asTableOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET ROLE switchboard_owner');
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Fills the database. */
export function makeTwoOrganizations(
  adminUrl: string,
): Promise<{ north: CanaryOrganization; south: CanaryOrganization }> {
  return asTableOwner(adminUrl, async (client) => {
    const north = await makeOrganization(client, 'north');
    const south = await makeOrganization(client, 'south');
    for (const organization of [north, south]) await plantCanaries(client, organization);
    return { north, south };
  });
}

/** One such organization, beside whatever the database already has. */
export function makeCanaryOrganization(adminUrl: string, name: string): Promise<CanaryOrganization> {
  return asTableOwner(adminUrl, async (client) => {
    const organization = await makeOrganization(client, name);
    await plantCanaries(client, organization);
    return organization;
  });
}

/** The tables that hold an organization's rows, as `schema.name`, partitions and parents included. */
export async function listWalledTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' ORDER BY 1`);
  return rows.map((row) => row.name);
}

/** Tables without a row of the organization: nothing would be proven about them. Homes of other agents are meant to be empty. */
export async function listTablesWithoutRows(client: pg.Client, organizationId: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`);
  const empty: string[] = [];
  for (const { name } of rows) {
    const found = await client.query(`SELECT FROM ${name} WHERE organization_id = $1 LIMIT 1`, [
      organizationId,
    ]);
    if (found.rowCount === 0) empty.push(name);
  }
  return empty;
}

async function makeOrganization(client: pg.Client, name: string): Promise<CanaryOrganization> {
  const id = `org_${name}`;
  await client.query(`SELECT app.register_organization($1, $2, $3, $4, 'hash', $5)`, [
    id,
    `Firm ${name}`,
    `Owner ${name}`,
    `owner@${name}.test`,
    `agt_${name}_o`,
  ]);
  const owner = await findPerson(client, `owner@${name}.test`);
  const first = await addAgent(client, { id, owner, name: `${name}_1`, home: null });
  const second = await addAgent(client, { id, owner, name: `${name}_2`, home: SHARED_POOL });
  const organization = { id, canary: `Canary-${name}`, owner, first, second };
  await fillOrganization(client, organization, name);
  return organization;
}

async function findPerson(client: pg.Client, email: string): Promise<Person> {
  const { rows } = await client.query<{ user_id: string; agent_id: string; prefix: string }>(
    `SELECT u.id AS user_id, a.id AS agent_id, a.agent_prefix AS prefix FROM users u JOIN agents a ON a.user_id = u.id WHERE u.email = $1`,
    [email],
  );
  const [row] = rows;
  if (!row) throw new Error(`${email} was not made`);
  return { userId: row.user_id, agentId: Number(row.agent_id), prefix: row.prefix };
}

async function addAgent(
  client: pg.Client,
  agent: { id: string; owner: Person; name: string; home: number | null },
): Promise<Person> {
  const email = `${agent.name}@agents.test`;
  const made = await client.query<{ id: string }>(
    `INSERT INTO users (organization_id, name, email, verified) VALUES ($1, $2, $3, true) RETURNING id`,
    [agent.id, agent.name, email],
  );
  const userId = made.rows[0]?.id;
  await client.query(
    `INSERT INTO user_credentials (user_id, organization_id, password_hash) VALUES ($1, $2, 'hash')`,
    [userId, agent.id],
  );
  await client.query(`INSERT INTO user_profiles (id, organization_id, full_name) VALUES ($1, $2, $3)`, [
    userId,
    agent.id,
    agent.name,
  ]);
  await client.query(
    `INSERT INTO agents (organization_id, agent_prefix, home, user_id, created_by) VALUES ($1, $2, $3, $4, $5)`,
    [agent.id, `agt_${agent.name}`, agent.home, userId, agent.owner.userId],
  );
  return findPerson(client, email);
}

async function fillOrganization(
  client: pg.Client,
  organization: CanaryOrganization,
  name: string,
): Promise<void> {
  const { id, owner, first, second } = organization;
  // As Meta's ids are: digits.
  const number = `9000${Buffer.from(name).join('')}`;
  await client.query(
    `INSERT INTO phone_numbers (phone_number_id, organization_id, waba_id, portfolio_id, display_phone_number)
     VALUES ($1, $2, 'waba', 'portfolio', '1555')`,
    [number, id],
  );
  await client.query(`INSERT INTO number_pins (organization_id, phone_number_id, pin) VALUES ($1, $2, 'p')`, [
    id,
    number,
  ]);
  await client.query(
    `INSERT INTO parked_statuses (organization_id, phone_number_id, wamid, status) VALUES ($1, $2, 'wamid.parked', 'sent')`,
    [id, number],
  );
  await client.query(
    `WITH person AS (INSERT INTO contacts (organization_id, portfolio_id) VALUES ($1, 'p') RETURNING id)
     INSERT INTO contact_keys (organization_id, portfolio_id, kind, value, contact_id) SELECT $1, 'p', 'phone', '4917', id FROM person`,
    [id],
  );
  await client.query(
    `INSERT INTO automatic_sends (organization_id, contact_id, kind) SELECT $1, min(id), 'notice' FROM contacts WHERE organization_id = $1`,
    [id],
  );
  await client.query(
    `INSERT INTO parked_changes (organization_id, phone_number_id, wamid, change_wamid, change) VALUES ($1, $2, 'wamid.parked', 'wamid.change', '{}')`,
    [id, number],
  );
  await client.query(
    `INSERT INTO tenant_configs (tenant_id, user_id, access_token, fb_app_secret) VALUES ($1, $2, 't', 's')`,
    [id, owner.userId],
  );
  await client.query(
    `SELECT app.append_audit($1, jsonb_populate_record(NULL::audit_events, '{"actor":"worker","action":"test.filled","subject_kind":"s"}'))`,
    [id],
  );
  await fillAccount(client, id, number);
  for (const person of [owner, first, second]) await fillPerson(client, { id, number, person });
  // A message in the waiting room, nobody's yet.
  const waiting = await client.query<{ id: string }>(
    `INSERT INTO customers (home, organization_id, name, phone) VALUES (0, $1, 'Waiting', '999') RETURNING id`,
    [id],
  );
  await client.query(
    `WITH written AS (
       INSERT INTO messages (home, organization_id, customer_id, message, direction, status, phone_number_id, payload)
       VALUES (0, $1, $2, 'waiting', 'inbound', 'received', $3, '{}') RETURNING id)
     INSERT INTO triage_items (organization_id, customer_id, phone_number_id, reason, last_message_id, last_message_at)
     SELECT $1, $2, $3, 'unknown_sender', id, now() FROM written`,
    [id, waiting.rows[0]?.id, number],
  );
}

async function fillSecondFactor(
  run: (statement: string, values: unknown[]) => Promise<unknown>,
  id: string,
  userId: string,
): Promise<void> {
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

/** What is known of the organization's WhatsApp account. */
async function fillAccount(client: pg.Client, id: string, number: string): Promise<void> {
  const run = (statement: string, values: unknown[] = [id]) => client.query(statement, values);
  await run(`INSERT INTO app.accounts_with_news (organization_id, waba_id) VALUES ($1, 'waba')`);
  await run(
    `INSERT INTO account_events (organization_id, waba_id, phone_number_id, field, event, severity, payload, dedupe_key, occurred_at)
     VALUES ($1, 'waba', $2, 'f', 'e', 'info', '{}', 'k', now())`,
    [id, number],
  );
  await run(
    `INSERT INTO account_facts (organization_id, waba_id, subject, aspect, value, as_of, tie)
     VALUES ($1, 'waba', 'account', 'a', '{}', now(), 't')`,
  );
  await run(`INSERT INTO message_templates (organization_id, waba_id, template_id) VALUES ($1, 'waba', '1')`);
  await run(
    `INSERT INTO account_checks (organization_id, waba_id, findings, checked_at) VALUES ($1, 'waba', '[]', now())`,
  );
}

/** One row of a person in every table that has rows of persons. */
async function fillPerson(
  client: pg.Client,
  { id, number, person }: { id: string; number: string; person: Person },
): Promise<void> {
  const { userId, agentId } = person;
  const run = (statement: string, values: unknown[]) => client.query<{ id: string }>(statement, values);
  const scope = [agentId, id];
  const home = '(SELECT home FROM agents WHERE id = $1)';
  const customer = await run(
    `INSERT INTO customers (home, agent_id, organization_id, name, phone, username) VALUES (${home}, $1, $2, 'n', '4917', 'u') RETURNING id`,
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
     VALUES (${home}, $1, $2, $3, $4, 'm', 'inbound', 'received', $5, '{}', '{}') RETURNING id`,
    [...scope, conversationId, customerId, number],
  );
  const messageId = message.rows[0]?.id;
  await run(
    `INSERT INTO media (agent_id, organization_id, conversation_id, message_id, phone_number_id, meta_id, kind, expires_at)
     VALUES ($1, $2, $3, $4, $5, 'm', 'image', now())`,
    [...scope, conversationId, messageId, number],
  );
  await run(`SELECT app.make_archive_year(2020)`, []);
  await run(
    `INSERT INTO messages_archive (id, agent_id, organization_id, conversation_id, customer_id, message, direction, status, phone_number_id, timestamp)
     VALUES ($5, $1, $2, $3, $4, 'm', 'inbound', 'received', 'n', '2020-05-05')`,
    [...scope, conversationId, customerId, messageId],
  );
  const order = await run(
    `INSERT INTO orders (home, agent_id, organization_id, customer_id) VALUES (${home}, $1, $2, $3) RETURNING id`,
    [...scope, customerId],
  );
  await run(
    `INSERT INTO orders_items (home, agent_id, organization_id, order_id, name) VALUES (${home}, $1, $2, $3, 'i')`,
    [...scope, order.rows[0]?.id],
  );
  await run(
    `INSERT INTO contact_identities (agent_id, organization_id, portfolio_id, kind, value, customer_id) VALUES ($1, $2, 'p', 'phone', '4917', $3)`,
    [...scope, customerId],
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
  await run(`INSERT INTO events (agent_id, organization_id, type, data) VALUES ($1, $2, 't', '{}')`, scope);
  await run(
    `INSERT INTO outbox (agent_id, organization_id, conversation_id, message_id, phone_number_id, request, user_id)
     VALUES ($1, $2, $3, $4, $5, '{}', $6)`,
    [...scope, conversationId, messageId, number, userId],
  );
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
  await run(
    `INSERT INTO sessions (organization_id, user_id, refresh_hash, user_agent, expires_at)
     VALUES ($1, $2, $3, 'agent', now() + interval '1 day')`,
    [id, userId, Buffer.from(`refresh ${userId}`)],
  );
  await run(
    `INSERT INTO sign_in_links (organization_id, user_id, token_hash, expires_at) VALUES ($1, $2, $3, now() + interval '1 day')`,
    [id, userId, Buffer.from(`link ${userId}`)],
  );
  await fillSecondFactor(run, id, userId);
  await run(
    `INSERT INTO invitations (organization_id, email, name, token_hash, by_mail, invited_by, expires_at)
     VALUES ($1, 'e' || $2::uuid, 'n', $3, false, $2, now() + interval '1 day')`,
    [id, userId, Buffer.from(`invitation ${userId}`)],
  );
  await run(
    `INSERT INTO api_keys (organization_id, user_id, name, key_hash, hint, scopes) VALUES ($1, $2, 'n', $3, 'h', '{self:read}')`,
    [id, userId, Buffer.from(`key ${userId}`)],
  );
  await run(
    `INSERT INTO consent_events (agent_id, organization_id, subject, user_id, opted_in, method) VALUES ($1, $2, 'landlord', $3, true, 'm')`,
    [...scope, userId],
  );
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

/** The canary of one person's rows. */
export function canaryOf(organization: CanaryOrganization, person: Person): string {
  return `${organization.canary}-agent-${String(person.agentId)}.`;
}

type TextColumn = { table: string; column: string; json: boolean; owner: string | null };

/** Overwrites every text that is free to hold anything; a column whose constraints refuse the canary keeps its value. */
async function plantCanaries(client: pg.Client, organization: CanaryOrganization): Promise<void> {
  const { rows } = await client.query<TextColumn>(`
    SELECT c.oid::regclass::text AS table, quote_ident(a.attname) AS column, t.typname IN ('json', 'jsonb') AS json,
      (SELECT o.attname FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname IN ('agent_id', 'user_id')
        ORDER BY o.attname LIMIT 1) AS owner
    FROM pg_class c
    JOIN pg_attribute w ON w.attrelid = c.oid AND w.attname = 'organization_id'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname <> 'organization_id'
      AND t.typname IN ('text', 'varchar', 'json', 'jsonb')`);
  for (const column of rows) await plant(client, organization, column);
}

async function plant(
  client: pg.Client,
  organization: CanaryOrganization,
  { table, column, json, owner }: TextColumn,
): Promise<void> {
  const agent =
    owner === 'user_id'
      ? '(SELECT a.id FROM public.agents a WHERE a.user_id = planted.user_id)'
      : owner === 'agent_id'
        ? 'planted.agent_id'
        : 'NULL';
  const canary = `$1 || coalesce('-agent-' || ${agent} || '.', '') || substr(md5(planted.ctid::text), 1, 6)`;
  const value = json ? `jsonb_build_object('canary', ${canary})` : canary;
  await client.query('BEGIN');
  try {
    await client.query(`UPDATE ${table} planted SET ${column} = ${value} WHERE organization_id = $2`, [
      organization.canary,
      organization.id,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    if (!(error instanceof pg.DatabaseError) || !/^2[23]/.test(error.code ?? '')) throw error;
  }
}

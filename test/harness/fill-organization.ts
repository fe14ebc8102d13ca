/** Rows of an organization in every table that has some (two-organizations.ts): a new table gets its row here or in fill-person.ts. */
import type pg from 'pg';
import { fillPerson } from './fill-person.ts';
import type { CanaryOrganization } from './two-organizations.ts';

/** One row of the organization in every table that has rows of organizations, and of each of its people. */
export async function fillOrganization(
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
  await fillWaitingRoom(client, id, number);
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

/** A message in the waiting room, nobody's yet. */
async function fillWaitingRoom(client: pg.Client, id: string, number: string): Promise<void> {
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

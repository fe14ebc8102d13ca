/** All SQL of contacts and customers; what belongs together in one turn is a function of db/code/contacts.sql. */
import { sql } from 'kysely';
import { batched, byPosition } from '../../platform/db/batched.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { Contact } from './contract.ts';
import type { Preference } from './record-preference.ts';
import type { IdentityKey } from './rules.ts';

type MetRow = {
  id: number;
  phones: string[];
  customers: { agent_id: number | null; customer_id: number }[];
  united: { agent_id: number | null; conversation_id: string | null; merged_id: string | null }[];
  is_opted_out: boolean;
  is_better_known: boolean;
};

export type Meeting = { portfolioId: string; keys: IdentityKey[]; facts: Record<string, unknown> };

/** Locks the contact until the transaction ends. */
export const meetContact = batched(async (tx, meetings: readonly Meeting[]): Promise<Contact[]> => {
  const told = meetings.map(({ portfolioId, keys, facts }) => ({
    portfolio: portfolioId,
    kinds: keys.map((key) => key.kind),
    names: keys.map((key) => key.value),
    facts,
  }));
  const { rows } = await sql<MetRow & { nth: number }>`
    SELECT met.*, told.nth FROM ROWS FROM (json_to_recordset(${JSON.stringify(told)}::json)
      AS (portfolio text, kinds text[], names text[], facts jsonb)) WITH ORDINALITY AS told (portfolio, kinds, names, facts, nth)
    CROSS JOIN LATERAL app.meet_contact(told.portfolio, told.kinds, told.names, told.facts) AS met`.execute(
    tx.db,
  );
  return byPosition(told, rows).map(([row]) => toContact(row));
});

function toContact(row: MetRow | undefined): Contact {
  if (!row) throw new Error('The contact was neither found nor made.');
  return {
    id: row.id,
    phones: row.phones,
    customers: row.customers.map((customer) => ({
      agentId: customer.agent_id,
      customerId: customer.customer_id,
    })),
    united: row.united.flatMap(
      ({ agent_id: agentId, conversation_id: conversationId, merged_id: mergedId }) =>
        agentId === null || conversationId === null ? [] : [{ agentId, conversationId, mergedId }],
    ),
    isOptedOut: row.is_opted_out,
    isBetterKnown: row.is_better_known,
  };
}

type Named = { portfolioId: string; keys: IdentityKey[]; username: string | null };

/** As meetContact, without making or holding anybody. Usernames change hands, so the one told last has it. */
export async function findContact(
  tx: Tx,
  { portfolioId, keys, username }: Named,
): Promise<Pick<Contact, 'phones' | 'customers'> | null> {
  const kinds = keys.map((key) => key.kind);
  const values = keys.map((key) => key.value);
  const { rows } = await sql<Pick<MetRow, 'phones' | 'customers'>>`
    WITH named AS (
      SELECT k.contact_id FROM contact_keys k JOIN unnest(${kinds}::text[], ${values}::text[]) AS n (kind, value)
        ON k.kind = n.kind AND k.value = n.value WHERE k.portfolio_id = ${portfolioId}
      UNION (SELECT c.id FROM contacts c WHERE ${keys.length === 0} AND c.portfolio_id = ${portfolioId}
        AND lower(c.facts #>> '{username,1}') = lower(${username}) ORDER BY (c.facts #>> '{username,0}')::numeric DESC LIMIT 1)
    )
    SELECT coalesce(array_agg(DISTINCT k.value) FILTER (WHERE k.kind = 'phone'), '{}') AS phones,
      coalesce(jsonb_agg(DISTINCT jsonb_build_object('agent_id', i.agent_id, 'customer_id', i.customer_id))
        FILTER (WHERE i.customer_id IS NOT NULL), '[]') AS customers
    FROM named JOIN contact_keys k ON k.contact_id = named.contact_id
    LEFT JOIN contact_identities i ON i.portfolio_id = k.portfolio_id AND i.kind = k.kind AND i.value = k.value
    HAVING count(*) > 0`.execute(tx.db);
  const [row] = rows;
  if (!row) return null;
  const customers = row.customers.map(({ agent_id: agentId, customer_id: customerId }) => ({
    agentId,
    customerId,
  }));
  return { phones: row.phones, customers };
}

type NewCustomer = { contactId: number; agentId: number | null };

/** The agent must not have the contact as a customer yet. */
export const addCustomer = batched(async (tx, added: readonly NewCustomer[]): Promise<number[]> => {
  const contacts = added.map(({ contactId }) => contactId);
  const agents = added.map(({ agentId }) => agentId);
  const { rows } = await sql<{ nth: number; id: number }>`
    SELECT k.nth, app.add_customer(k.contact, k.agent) AS id
    FROM unnest(${contacts}::bigint[], ${agents}::bigint[]) WITH ORDINALITY AS k (contact, agent, nth)`.execute(
    tx.db,
  );
  return byPosition(added, rows).flatMap((made) => made.map(({ id }) => id));
});

/** False when the ledger has it. */
export async function insertPreference(tx: Tx, preference: Preference, key: IdentityKey): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('consent_events')
    .values({
      organization_id: preference.organizationId,
      subject: 'customer',
      portfolio_id: preference.portfolioId,
      identity_kind: key.kind,
      identity_value: key.value,
      phone_number_id: preference.phoneNumberId,
      opted_in: preference.optedIn,
      category: preference.category,
      method: preference.method,
      agent_id: preference.agentId ?? null,
      message_id: preference.messageId ?? null,
      told_at: preference.at,
      source_key: preference.sourceKey,
    })
    .onConflict((oc) =>
      oc.columns(['organization_id', 'source_key']).where('source_key', 'is not', null).doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

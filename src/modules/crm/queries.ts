/** All SQL of customers and their identities. */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';
import type { CustomerScope } from './contract.ts';
import type { IdentityKey } from './rules.ts';

/** Two workers that meet the same stranger take turns; the locks are taken in one order. */
export async function lockIdentities(tx: Tx, scope: CustomerScope, keys: IdentityKey[]): Promise<void> {
  const names = keys
    .map((key) =>
      JSON.stringify(['switchboard.contact', scope.organizationId, scope.agentId, key.kind, key.value]),
    )
    .sort();
  for (const name of names)
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx.db);
}

export type FoundIdentity = IdentityKey & { agent_id: number | null; customer_id: number };

/** Every customer of the organization that these identifiers are known to mean. */
export async function findIdentities(
  tx: Tx,
  portfolioId: string,
  keys: IdentityKey[],
): Promise<FoundIdentity[]> {
  if (keys.length === 0) return [];
  return (await tx.db
    .selectFrom('contact_identities')
    .select(['kind', 'value', 'agent_id', 'customer_id'])
    .where('portfolio_id', '=', portfolioId)
    .where((eb) => eb.or(keys.map((key) => eb.and([eb('kind', '=', key.kind), eb('value', '=', key.value)]))))
    .orderBy('id')
    .execute()) as FoundIdentity[];
}

export async function insertIdentities(
  tx: Tx,
  scope: CustomerScope,
  link: { portfolioId: string; customerId: number; keys: IdentityKey[] },
): Promise<void> {
  if (link.keys.length === 0) return;
  await tx.db
    .insertInto('contact_identities')
    .values(
      link.keys.map((key) => ({
        organization_id: scope.organizationId,
        agent_id: scope.agentId,
        portfolio_id: link.portfolioId,
        customer_id: link.customerId,
        ...key,
      })),
    )
    .onConflict((oc) => oc.constraint('contact_identities_value_key').doNothing())
    .execute();
}

/** The phone that is linked to the customer whom one of these identifiers means; the newest link counts. */
export async function findLinkedPhone(
  tx: Tx,
  portfolioId: string,
  keys: IdentityKey[],
): Promise<string | null> {
  const row = await tx.db
    .selectFrom('contact_identities as i')
    .innerJoin('contact_identities as p', (join) =>
      join.onRef('p.customer_id', '=', 'i.customer_id').onRef('p.portfolio_id', '=', 'i.portfolio_id'),
    )
    .select('p.value')
    .where('p.kind', '=', 'phone')
    .where('i.portfolio_id', '=', portfolioId)
    .where((eb) =>
      eb.or(keys.map((key) => eb.and([eb('i.kind', '=', key.kind), eb('i.value', '=', key.value)]))),
    )
    .orderBy('p.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.value ?? null;
}

/** Makes identifiers that meant another customer of the same agent mean this one. */
export async function relinkIdentities(
  tx: Tx,
  scope: CustomerScope,
  link: { portfolioId: string; customerId: number; keys: IdentityKey[] },
): Promise<void> {
  for (const key of link.keys)
    await sql`
      UPDATE contact_identities SET customer_id = ${link.customerId}
      WHERE portfolio_id = ${link.portfolioId} AND kind = ${key.kind} AND value = ${key.value}
        AND agent_id IS NOT DISTINCT FROM ${scope.agentId}::bigint`.execute(tx.db);
}

export type CustomerFields = { name: string; phone: string | null; username: string | null };

export async function insertCustomer(tx: Tx, scope: CustomerScope, fields: CustomerFields): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    INSERT INTO customers (home, organization_id, agent_id, name, phone, username)
    VALUES (${scope.home}, ${scope.organizationId}, ${scope.agentId}, ${fields.name}, ${fields.phone}, ${fields.username})
    RETURNING id`.execute(tx.db);
  const row = rows[0];
  if (!row) throw new Error('The customer was not inserted.');
  return row.id;
}

/** Follows what WhatsApp tells; a name that a person has set by hand stays. */
export async function updateCustomer(
  tx: Tx,
  scope: CustomerScope,
  change: { id: number; name: string | null; phone: string | null; username: string | null },
): Promise<void> {
  await sql`
    UPDATE customers SET
      name = CASE WHEN name_source = 'whatsapp' THEN coalesce(${change.name}, name) ELSE name END,
      phone = coalesce(${change.phone}, phone), username = coalesce(${change.username}, username)
    WHERE home = ${sql.lit(scope.home)} AND agent_id IS NOT DISTINCT FROM ${scope.agentId}::bigint AND id = ${change.id}
      AND (name, phone, username) IS DISTINCT FROM
        (CASE WHEN name_source = 'whatsapp' THEN coalesce(${change.name}, name) ELSE name END,
         coalesce(${change.phone}, phone), coalesce(${change.username}, username))`.execute(tx.db);
}

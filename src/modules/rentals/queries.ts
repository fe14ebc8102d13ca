/** All SQL of landlords, properties, renters and leases. */
import { sql } from 'kysely';
import { onceAtATime } from '../../platform/db/batched.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { OptInBody } from './contract.ts';

type Landlord = { organizationId: string; userId: string };

/** Whether the landlord already lets something to a renter with this phone. */
export async function hasLease(tx: Tx, landlord: Landlord, phone: string): Promise<boolean> {
  const row = await tx.db
    .selectFrom('rental.leases as l')
    .innerJoin('rental.tenants as t', 't.id', 'l.tenant_id')
    .select('l.id')
    .where('t.user_id', '=', landlord.userId)
    .where('t.phone', '=', phone)
    .where('l.status', '=', 'active')
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertLease(
  tx: Tx,
  landlord: Landlord,
  lease: { address: string; renter: string; phone: string },
): Promise<void> {
  const owner = { organization_id: landlord.organizationId, user_id: landlord.userId };
  const property = await tx.db
    .insertInto('rental.properties')
    .values({ ...owner, address: lease.address })
    .returning('id')
    .executeTakeFirstOrThrow();
  const renter = await tx.db
    .insertInto('rental.tenants')
    .values({ ...owner, name: lease.renter, phone: lease.phone })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx.db
    .insertInto('rental.leases')
    .values({ organization_id: landlord.organizationId, property_id: property.id, tenant_id: renter.id })
    .execute();
}

/** A person's profile with the brand that their signature names. */
export function findOptIn(tx: Tx, userId: string) {
  return tx.db
    .selectFrom('user_profiles as p')
    .innerJoin('organizations as o', 'o.id', 'p.organization_id')
    .select([
      'p.full_name',
      'p.whatsapp_enabled',
      'p.whatsapp_opted_in_at',
      'p.whatsapp_notifications_enabled',
      'p.message_signature',
      'p.auto_responses',
      'o.brand_name',
    ])
    .where('p.id', '=', userId)
    .executeTakeFirst();
}

export async function updateOptIn(tx: Tx, userId: string, body: OptInBody): Promise<void> {
  const { enabled, notifications_enabled: notifications, signature, auto_responses: responses } = body;
  await tx.db
    .updateTable('user_profiles')
    .set({
      whatsapp_enabled: enabled,
      whatsapp_opted_in_at: enabled ? sql`coalesce(whatsapp_opted_in_at, now())` : null,
      updated_at: sql`now()`,
      ...(notifications !== undefined && { whatsapp_notifications_enabled: notifications }),
      ...(signature !== undefined && { message_signature: signature?.trim() ?? null }),
      ...(responses !== undefined && { auto_responses: responses && JSON.stringify(responses) }),
    })
    .where('id', '=', userId)
    .execute();
}

/** Adds what a landlord said about themselves to the ledger. */
export async function insertConsent(
  tx: Tx,
  landlord: Landlord,
  said: { enabled: boolean; method: string },
): Promise<void> {
  await tx.db
    .insertInto('consent_events')
    .values({
      organization_id: landlord.organizationId,
      subject: 'landlord',
      user_id: landlord.userId,
      recorded_by: landlord.userId,
      opted_in: said.enabled,
      method: said.method,
    })
    .execute();
}

/** Brings the routing view up to date when something changed; whether it did. Asked by the worker. */
export async function refreshRoutingIfChanged(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ refreshed: boolean }>`
    SELECT app.refresh_routing_if_changed() AS refreshed`.execute(tx.db);
  return rows[0]?.refreshed ?? false;
}

/** What the user of an agent lets Switchboard answer; nothing when that is nothing. */
export const findAutoResponses = onceAtATime((tx, agentId: number) =>
  tx.db
    .selectFrom('user_profiles as p')
    .innerJoin('agents as a', 'a.user_id', 'p.id')
    .select(['p.id', 'p.auto_responses'])
    .where('a.id', '=', agentId)
    .where('p.auto_responses', 'is not', null)
    .executeTakeFirst(),
);

/** Where these properties are, by id. */
export async function findAddresses(tx: Tx, propertyIds: string[]): Promise<Map<string, string>> {
  if (propertyIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom('rental.properties')
    .select(['id', 'address'])
    .where('id', 'in', propertyIds)
    .execute();
  return new Map(rows.map((row) => [row.id, row.address]));
}

/** All SQL of landlords, properties, renters and leases. */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';

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

export async function setOptIn(tx: Tx, userId: string): Promise<void> {
  await tx.db
    .updateTable('user_profiles')
    .set({ whatsapp_enabled: true, whatsapp_opted_in_at: sql`now()`, updated_at: sql`now()` })
    .where('id', '=', userId)
    .execute();
}

/** Brings the routing view up to date when something changed; whether it did. Asked by the worker. */
export async function refreshRoutingIfChanged(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ refreshed: boolean }>`
    SELECT app.refresh_routing_if_changed() AS refreshed`.execute(tx.db);
  return rows[0]?.refreshed ?? false;
}

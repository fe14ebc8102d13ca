/** All SQL of the two-step PINs of numbers. They come and go encrypted. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

export type SealedPin = {
  pin: string;
  confirmed_at: Date | null;
  refused_at: Date | null;
  updated_at: Date;
};

/** Undefined when the organization keeps no PIN of the number. */
export function findPin(tx: Tx, phoneNumberId: string): Promise<SealedPin | undefined> {
  return tx.db
    .selectFrom('number_pins')
    .select(['pin', 'confirmed_at', 'refused_at', 'updated_at'])
    .where('phone_number_id', '=', phoneNumberId)
    .executeTakeFirst();
}

/** The same for a number of one account, whether the organization still uses it or gave it up. */
export function findPinOfAccount(
  tx: Tx,
  number: { wabaId: string; phoneNumberId: string },
): Promise<SealedPin | undefined> {
  return tx.db
    .selectFrom('number_pins as p')
    .innerJoin('phone_numbers as n', (join) =>
      join
        .onRef('n.organization_id', '=', 'p.organization_id')
        .onRef('n.phone_number_id', '=', 'p.phone_number_id'),
    )
    .select(['p.pin', 'p.confirmed_at', 'p.refused_at', 'p.updated_at'])
    .where('n.waba_id', '=', number.wabaId)
    .where('p.phone_number_id', '=', number.phoneNumberId)
    .executeTakeFirst();
}

/** Before Meta is asked: nobody knows yet whether it is the number's PIN. */
export async function keepPin(
  tx: Tx,
  pin: { organizationId: string; phoneNumberId: string; sealed: string; userId: string },
): Promise<void> {
  const values = {
    pin: pin.sealed,
    set_by: pin.userId,
    confirmed_at: null,
    refused_at: null,
    updated_at: sql<Date>`now()`,
  };
  await tx.db
    .insertInto('number_pins')
    .values({ ...values, organization_id: pin.organizationId, phone_number_id: pin.phoneNumberId })
    .onConflict((oc) => oc.columns(['organization_id', 'phone_number_id']).doUpdateSet(values))
    .execute();
}

/** Meta refused a new one: what was known before counts again. Undoes nothing when another was set meanwhile. */
export async function restorePin(
  tx: Tx,
  {
    phoneNumberId,
    refused,
    before,
  }: { phoneNumberId: string; refused: string; before: SealedPin | undefined },
): Promise<void> {
  if (before)
    await tx.db
      .updateTable('number_pins')
      .set(before)
      .where('phone_number_id', '=', phoneNumberId)
      .where('pin', '=', refused)
      .execute();
  else
    await tx.db
      .deleteFrom('number_pins')
      .where('phone_number_id', '=', phoneNumberId)
      .where('pin', '=', refused)
      .execute();
}

/** Meta took it. */
export async function confirmPin(tx: Tx, phoneNumberId: string): Promise<void> {
  await tx.db
    .updateTable('number_pins')
    .set({ confirmed_at: sql`now()`, refused_at: null })
    .where('phone_number_id', '=', phoneNumberId)
    .execute();
}

/** Meta says that the number has another one than is kept. Notes nothing when another was kept meanwhile. */
export async function notePinRefused(tx: Tx, phoneNumberId: string, refused: string): Promise<void> {
  await tx.db
    .updateTable('number_pins')
    .set({ refused_at: sql`now()` })
    .where('phone_number_id', '=', phoneNumberId)
    .where('pin', '=', refused)
    .execute();
}

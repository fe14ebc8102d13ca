/** SQL of numbers' settings and of who answers on them. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';
import type { NumberPatch } from '../contract-numbers.ts';

const settings = [
  'n.phone_number_id',
  'n.waba_id',
  'n.display_phone_number',
  'n.verified_name',
  'n.username',
  'n.quality_rating',
  'n.messaging_limit',
  'n.status',
  'n.platform_type',
  'n.mode',
  'n.routing',
  'n.read_at',
  'n.gone_at',
] as const;

/** All of the organization's numbers, or one. */
export function listNumberSettings(tx: Tx, phoneNumberId: string | null = null) {
  return tx.db
    .selectFrom('phone_numbers as n')
    .select(settings)
    .select((eb) => [
      sql<{ user_id: string; name: string }[]>`(
        SELECT coalesce(jsonb_agg(jsonb_build_object('user_id', u.id, 'name', u.name) ORDER BY u.name, u.id), '[]')
        FROM whatsapp_configuration w JOIN users u ON u.id = w.user_id
        WHERE w.phone_number_id = ${eb.ref('n.phone_number_id')} AND w.is_active)`.as('answered_by'),
      sql<
        string | null
      >`(SELECT c.name FROM app.list_account_connections() c WHERE c.waba_id = ${eb.ref('n.waba_id')})`.as(
        'account_name',
      ),
      sql<'none' | 'unconfirmed' | 'kept' | 'refused'>`coalesce((
        SELECT CASE WHEN p.refused_at IS NOT NULL THEN 'refused' WHEN p.confirmed_at IS NULL THEN 'unconfirmed' ELSE 'kept' END FROM number_pins p
        WHERE p.organization_id = ${eb.ref('n.organization_id')} AND p.phone_number_id = ${eb.ref('n.phone_number_id')}
      ), 'none')`.as('pin_state'),
      sql<Date | null>`(
        SELECT p.refused_at FROM number_pins p
        WHERE p.organization_id = ${eb.ref('n.organization_id')} AND p.phone_number_id = ${eb.ref('n.phone_number_id')}
      )`.as('pin_refused_at'),
    ])
    .where('n.released_at', 'is', null)
    .$if(phoneNumberId !== null, (query) => query.where('n.phone_number_id', '=', phoneNumberId ?? ''))
    .orderBy('n.created_at')
    .orderBy('n.phone_number_id')
    .execute();
}

/** False when the number is not the organization's. */
export async function patchNumber(tx: Tx, phoneNumberId: string, patch: NumberPatch): Promise<boolean> {
  const row = await tx.db
    .updateTable('phone_numbers')
    .set({
      updated_at: sql`now()`,
      ...(patch.mode === undefined ? {} : { mode: patch.mode }),
      ...(patch.routing === undefined
        ? {}
        : { routing: patch.routing === null ? null : JSON.stringify(patch.routing) }),
    })
    .where('phone_number_id', '=', phoneNumberId)
    .where('released_at', 'is', null)
    .returning('phone_number_id')
    .executeTakeFirst();
  return row !== undefined;
}

export type ConfigurationRow = {
  user_id: string;
  whatsapp_number: string;
  webhook_url: string;
  api_key: string | null;
  business_account_id: string | null;
  phone_number_id: string | null;
  is_active: boolean;
  created_at: Date;
  updated_at: Date;
};

/** What may be given of a configuration; undefined leaves it as it is. */
export type ConfigurationChange = {
  number?: string | undefined;
  webhookUrl?: string | undefined;
  sealedKey?: string | undefined;
  wabaId?: string | undefined;
  phoneNumberId?: string | undefined;
};

/** The user's active configuration. */
export async function findConfiguration(tx: Tx, userId: string): Promise<ConfigurationRow | null> {
  const { rows } = await sql<ConfigurationRow>`SELECT * FROM public.get_whatsapp_config(${userId})`.execute(
    tx.db,
  );
  return rows[0] ?? null;
}

/** Makes a configuration, or replaces one that had ended. */
export async function createConfiguration(
  tx: Tx,
  userId: string,
  made: ConfigurationChange & { number: string; webhookUrl: string },
): Promise<ConfigurationRow | null> {
  const { rows } = await sql<ConfigurationRow>`
    SELECT * FROM public.create_whatsapp_config(${userId}, ${made.number}, ${made.webhookUrl}, ${made.sealedKey ?? null},
      ${made.wabaId ?? null}, ${made.phoneNumberId ?? null})`.execute(tx.db);
  return rows[0] ?? null;
}

export async function updateConfiguration(
  tx: Tx,
  userId: string,
  change: ConfigurationChange,
): Promise<ConfigurationRow | null> {
  const { rows } = await sql<ConfigurationRow>`
    SELECT * FROM public.update_whatsapp_config(${userId}, ${change.number ?? null}, ${change.webhookUrl ?? null},
      ${change.sealedKey ?? null}, ${change.wabaId ?? null}, ${change.phoneNumberId ?? null})`.execute(tx.db);
  return rows[0] ?? null;
}

/** False when there was none active. */
export async function endConfiguration(tx: Tx, userId: string): Promise<boolean> {
  const { rows } = await sql<{
    ended: boolean;
  }>`SELECT public.delete_whatsapp_config(${userId}) AS ended`.execute(tx.db);
  return rows[0]?.ended ?? false;
}

/** Who answers on a number, for those who may see it; takes turns with others who decide the same. */
export async function listAnsweringUsers(tx: Tx, phoneNumberId: string): Promise<string[]> {
  await sql`SELECT app.is_number_answered(${phoneNumberId})`.execute(tx.db);
  const rows = await tx.db
    .selectFrom('whatsapp_configuration')
    .select('user_id')
    .where('phone_number_id', '=', phoneNumberId)
    .where('is_active', '=', true)
    .execute();
  return rows.map((row) => row.user_id);
}

/** Whether anybody answers on the number, a colleague included whose configuration the asker may not read. */
export async function isNumberAnswered(tx: Tx, phoneNumberId: string): Promise<boolean> {
  const { rows } = await sql<{ answered: boolean }>`
    SELECT app.is_number_answered(${phoneNumberId}) AS answered`.execute(tx.db);
  return rows[0]?.answered ?? false;
}

/** Whether the user is one of the organization's who may still work. */
export async function isColleague(tx: Tx, userId: string): Promise<boolean> {
  const row = await tx.db
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** All SQL of the outbox and of statuses that wait for their message. */
import { sql } from 'kysely';
import { batched } from '../../platform/db/batched.ts';
import type { Tx } from '../../platform/db/tx.ts';

export type NewOutboxRow = {
  organizationId: string;
  /** Null: to somebody in the waiting room, where there is no conversation either. */
  agentId: number | null;
  conversationId: string | null;
  messageId: number;
  phoneNumberId: string;
  request: Record<string, unknown>;
  /** Null: nobody wrote it by hand. */
  userId: string | null;
  idempotencyKey: string | null;
  requestHash: Buffer | null;
};

/** False when the key was used before: then nothing was inserted. A twin in flight is waited for. */
export async function insertOutboxRow(tx: Tx, row: NewOutboxRow): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('outbox')
    .values({
      organization_id: row.organizationId,
      agent_id: row.agentId,
      conversation_id: row.conversationId,
      message_id: row.messageId,
      phone_number_id: row.phoneNumberId,
      request: JSON.stringify(row.request),
      user_id: row.userId,
      idempotency_key: row.idempotencyKey,
      request_hash: row.requestHash,
    })
    .onConflict((oc) =>
      oc
        .columns(['organization_id', 'user_id', 'idempotency_key'])
        .where('idempotency_key', 'is not', null)
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export function findByKey(tx: Tx, userId: string, key: string) {
  return tx.db
    .selectFrom('outbox')
    .select(['message_id', 'conversation_id', 'request_hash'])
    .where('user_id', '=', userId)
    .where('idempotency_key', '=', key)
    .executeTakeFirst();
}

export type ClaimedMessage = {
  id: string;
  organization_id: string;
  agent_id: number | null;
  conversation_id: string | null;
  message_id: number;
  phone_number_id: string;
  request: Record<string, unknown>;
  state: 'queued' | 'sending';
  attempts: number;
  lease_token: number;
};

export async function claimOutbox(
  tx: Tx,
  limits: { most: number; leaseSeconds: number; worker: number | null },
): Promise<ClaimedMessage[]> {
  const { most, leaseSeconds, worker } = limits;
  const { rows } = await sql<ClaimedMessage>`
    SELECT * FROM app.claim_outbox(${most}, make_interval(secs => ${leaseSeconds}), ${worker})`.execute(
    tx.db,
  );
  return rows;
}

export type OutboxChange = {
  state: 'queued' | 'sending' | 'accepted' | 'unknown' | 'failed';
  wamid?: string;
  error?: unknown;
  pauseSeconds?: number;
  countAttempt?: boolean;
};

/** Whose message it is by now; null when the lease was lost: whoever holds it now decides. */
export async function changeOutbox(
  tx: Tx,
  claimed: Pick<ClaimedMessage, 'id' | 'lease_token'>,
  change: OutboxChange,
): Promise<{ agent_id: number | null } | null> {
  const ends = change.state !== 'queued' && change.state !== 'sending';
  const { rows } = await sql<{ agent_id: number | null }>`
    UPDATE outbox SET state = ${change.state}, wamid = coalesce(${change.wamid ?? null}, wamid),
      error = ${change.error === undefined ? null : JSON.stringify(change.error)}::jsonb,
      attempts = attempts + ${change.countAttempt ? 1 : 0},
      run_at = now() + make_interval(secs => ${change.pauseSeconds ?? 0}),
      leased_until = CASE WHEN ${change.state === 'sending'} THEN leased_until END,
      finished_at = CASE WHEN ${ends} THEN now() END
    WHERE id = ${claimed.id} AND lease_token = ${claimed.lease_token} AND state IN ('queued', 'sending')
    RETURNING agent_id`.execute(tx.db);
  return rows[0] ?? null;
}

/**
 * Lets a claimed message wait until its account is connected. Whoever connects takes the same lock and releases what waits, so a
 * grant that came this very moment is seen by one of the two.
 */
export async function holdMessage(tx: Tx, claimed: ClaimedMessage): Promise<void> {
  const name = `switchboard.sending.${claimed.organization_id}`;
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx.db);
  await sql`
    UPDATE outbox o SET leased_until = NULL, held_at = CASE WHEN NOT EXISTS (
        SELECT FROM waba_accounts g JOIN phone_numbers n ON n.organization_id = g.organization_id AND n.waba_id = g.waba_id
        WHERE n.phone_number_id = o.phone_number_id AND g.connected AND g.access_token IS NOT NULL)
      AND NOT EXISTS (SELECT FROM tenant_configs c WHERE c.phone_number_id = o.phone_number_id AND c.is_active
        AND c.deleted_at IS NULL AND c.access_token IS NOT NULL) THEN now() END
    WHERE o.id = ${claimed.id} AND o.lease_token = ${claimed.lease_token} AND o.state = 'queued'`.execute(
    tx.db,
  );
}

/** Whether a send has no wamid yet. */
export const isUnsettled = batched(async (tx, ids: readonly string[]): Promise<boolean[]> => {
  const rows = await tx.db
    .selectFrom('outbox')
    .select('id')
    .where('id', '=', sql<string>`ANY(${[...ids]}::uuid[])`)
    .where('wamid', 'is', null)
    .execute();
  const open = new Set(rows.map(({ id }) => id));
  return ids.map((id) => open.has(id.toLowerCase()));
});

/** The message of this number behind our id in a status; settles a send whose outcome was not known. */
export async function settleByCallback(
  tx: Tx,
  status: { id: string; phoneNumberId: string; wamid: string },
): Promise<{ agent_id: number | null; message_id: number } | null> {
  const { rows } = await sql<{ agent_id: number | null; message_id: number }>`
    UPDATE outbox SET state = 'accepted', wamid = ${status.wamid}, leased_until = NULL, finished_at = now()
    WHERE id = ${status.id} AND phone_number_id = ${status.phoneNumberId} AND (wamid IS NULL OR wamid = ${status.wamid})
    RETURNING agent_id, message_id`.execute(tx.db);
  return rows[0] ?? null;
}

export type ParkedStatus = {
  organizationId: string;
  phoneNumberId: string;
  wamid: string;
  status: string;
  error: unknown;
  pricing: unknown;
};

export const parkStatus = batched(async (tx, statuses: readonly ParkedStatus[]): Promise<void[]> => {
  await tx.db
    .insertInto('parked_statuses')
    .values(
      statuses.map((parked) => ({
        organization_id: parked.organizationId,
        phone_number_id: parked.phoneNumberId,
        wamid: parked.wamid,
        status: parked.status,
        error: parked.error === null ? null : JSON.stringify(parked.error),
        pricing: parked.pricing === null ? null : JSON.stringify(parked.pricing),
      })),
    )
    // The same step may be told once with what it costs and once without.
    .onConflict((oc) =>
      oc.constraint('parked_statuses_pkey').doUpdateSet({
        pricing: sql`greatest(parked_statuses.pricing, excluded.pricing)`,
        error: sql`greatest(parked_statuses.error, excluded.error)`,
      }),
    )
    .execute();
  return statuses.map(() => undefined);
});

export function takeParkedStatuses(tx: Tx, phoneNumberId: string, wamid: string) {
  return tx.db
    .deleteFrom('parked_statuses')
    .where('phone_number_id', '=', phoneNumberId)
    .where('wamid', '=', wamid)
    .returning(['status', 'error', 'pricing'])
    .execute();
}

/** What a message needs to be addressed and signed. */
export async function findAddress(
  tx: Tx,
  conversation: { agentId: number | null; home: number; customerId: number },
) {
  const { agentId } = conversation;
  const ofAgent = agentId === null ? sql`agent_id IS NULL` : sql`agent_id = ${sql.lit(agentId)}`;
  const { rows } = await sql<{ phone: string | null; user_id: string | null }>`
    SELECT k.phone, (SELECT i.value FROM contact_identities i
      WHERE i.${ofAgent} AND i.customer_id = k.id AND i.kind = 'user_id' ORDER BY i.id DESC LIMIT 1) AS user_id
    FROM customers k
    WHERE k.home = ${sql.lit(conversation.home)} AND k.${ofAgent} AND k.id = ${conversation.customerId}`.execute(
    tx.db,
  );
  return rows[0] ?? null;
}

export async function findSigner(tx: Tx, userId: string) {
  const { rows } = await sql<{ name: string; own: string | null; brand: string | null }>`
    SELECT p.full_name AS name, p.message_signature AS own, o.brand_name AS brand
    FROM user_profiles p JOIN organizations o ON o.id = p.organization_id WHERE p.id = ${userId}`.execute(
    tx.db,
  );
  return rows[0] ?? null;
}

/** How many messages wait to be sent. */
export async function countOutbox(tx: Tx): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`SELECT app.count_outbox() AS waiting`.execute(tx.db);
  return rows[0]?.waiting ?? 0;
}

/** SQL of what reaches a message after it was written: turns by its wamid, changes that wait for it, and its content as it becomes. */
import { sql } from 'kysely';
import { batched, byPosition } from '../../../platform/db/batched.ts';
import type { Tx } from '../../../platform/db/tx.ts';
import type { MessageStatus } from '../contract.ts';
import type { AppliedChanges, ChangeableMessage, MessageChange } from '../message-changes.ts';
import { ofAgent, value, type MessageHome } from './homes.ts';
import { asJson, type MessageKey } from './messages.ts';

/** Whoever deals with a message by its wamid takes turns until the transaction ends. */
export function lockWamid(tx: Tx, phoneNumberId: string, wamid: string): Promise<void> {
  tx.exclusively(`wamid ${phoneNumberId} ${wamid}`);
  return lockWamids(tx, { number_id: phoneNumberId, wamid });
}

const lockWamids = batched(
  async (tx, keys: readonly { number_id: string; wamid: string }[]): Promise<void[]> => {
    // In one order, so that two who lock several do not wait for each other.
    await sql`
    SELECT app.lock_wamid(k.number_id, k.wamid)
    FROM (SELECT * FROM json_to_recordset(${JSON.stringify(keys)}::json) AS n (number_id text, wamid text) ORDER BY 1, 2) AS k`.execute(
      tx.db,
    );
    return keys.map(() => undefined);
  },
);

/** A new message's id and what was said about it before it came; null when this number has had the wamid before. */
export function claimMessage(
  tx: Tx,
  key: Omit<MessageKey, 'messageId'>,
): Promise<{ messageId: number; parked: MessageChange[] } | null> {
  tx.exclusively(`wamid ${key.phoneNumberId} ${key.wamid}`);
  return claimMessages(tx, key);
}

const claimMessages = batched(async (tx, keys: readonly Omit<MessageKey, 'messageId'>[]) => {
  const wanted = keys.map(({ organizationId, phoneNumberId, wamid, agentId }) => ({
    organization: organizationId,
    number_id: phoneNumberId,
    wamid,
    agent: agentId,
  }));
  const { rows } = await sql<{ nth: number; message_id: number; parked: MessageChange[] }>`
    SELECT k.nth, claimed.*
    FROM ROWS FROM (json_to_recordset(${JSON.stringify(wanted)}::json) AS (organization text, number_id text, wamid text, agent bigint))
      WITH ORDINALITY AS k (organization, number_id, wamid, agent, nth)
    CROSS JOIN LATERAL app.claim_message(k.organization, k.number_id, k.wamid, k.agent) AS claimed`.execute(
    tx.db,
  );
  return byPosition(wanted, rows).map(([row]) =>
    row ? { messageId: row.message_id, parked: row.parked } : null,
  );
});

/** Keeps a change until its message comes. */
export async function parkChange(
  tx: Tx,
  place: { organizationId: string; phoneNumberId: string; wamid: string },
  change: MessageChange,
): Promise<void> {
  await tx.db
    .insertInto('parked_changes')
    .values({
      organization_id: place.organizationId,
      phone_number_id: place.phoneNumberId,
      wamid: place.wamid,
      change_wamid: change.wamid,
      change: JSON.stringify(change),
    })
    .onConflict((oc) => oc.constraint('parked_changes_pkey').doNothing())
    .execute();
}

export type LockedContent = ChangeableMessage & {
  organizationId: string;
  phoneNumberId: string;
  conversationId: string | null;
};

/** Lets go of what has waited for its message for so many days; how many. */
export async function forgetParked(tx: Tx, days: number): Promise<number> {
  const { rows } = await sql<{ forgotten: number }>`
    SELECT app.forget_parked(make_interval(days => ${days})) AS forgotten`.execute(tx.db);
  return rows[0]?.forgotten ?? 0;
}

/** The message as changes know it, locked until the transaction ends; null when it is gone or archived. */
export async function lockContent(
  tx: Tx,
  { agentId, home }: MessageHome,
  id: number,
): Promise<LockedContent | null> {
  const { rows } = await sql<LockedContent>`
    SELECT organization_id AS "organizationId", phone_number_id AS "phoneNumberId", conversation_id AS "conversationId", direction, type, message AS text, payload, coalesce(changes, '{}') AS changes
    FROM messages WHERE home = ${value(home)} AND ${ofAgent(agentId)} AND id = ${id} FOR UPDATE`.execute(
    tx.db,
  );
  return rows[0] ?? null;
}

/** As after any other order, `changes` is NULL while there are none: the late file of a message is none. */
export async function updateContent(
  tx: Tx,
  { agentId, home }: MessageHome,
  message: Pick<ChangeableMessage, 'type' | 'text' | 'payload'> & { id: number; changes: AppliedChanges },
): Promise<void> {
  await sql`
    UPDATE messages SET type = ${message.type}, message = ${message.text}, payload = ${asJson(message.payload)},
      changes = nullif(${asJson(message.changes)}, '{}')
    WHERE home = ${value(home)} AND ${ofAgent(agentId)} AND id = ${message.id}`.execute(tx.db);
}

export type EchoTakenOver = {
  echo_id: number;
  agent_id: number | null;
  conversation_id: string | null;
  status: MessageStatus;
  error: unknown;
  pricing: unknown;
};

/** Makes one of a message and its echo; null when there is no echo. */
export async function takeOverEcho(
  tx: Tx,
  { agentId }: MessageHome,
  sent: { phoneNumberId: string; wamid: string; messageId: number },
): Promise<EchoTakenOver | null> {
  const { rows } = await sql<EchoTakenOver>`
    SELECT * FROM app.take_over_echo(${sent.phoneNumberId}, ${sent.wamid}, ${agentId}, ${sent.messageId})`.execute(
    tx.db,
  );
  return rows[0] ?? null;
}

/** Null when there is no such call or it has the event. Otherwise whose it is, and its conversation. */
export async function addCallEvent(
  tx: Tx,
  { agentId, home }: MessageHome,
  call: { id: number; events: Record<string, unknown>; at: Date | null },
): Promise<{ customerId: number; conversationId: string | null } | null> {
  const { rows } = await sql<{ customerId: number; conversationId: string | null }>`
    UPDATE messages SET payload = jsonb_set(payload, '{events}', payload -> 'events' || ${asJson(call.events)}),
      "timestamp" = least("timestamp", date_trunc('second', ${call.at?.toISOString() ?? null}::timestamptz) AT TIME ZONE 'utc')
    WHERE home = ${value(home)} AND ${ofAgent(agentId)} AND id = ${call.id} AND type = 'call'
      AND NOT payload -> 'events' ?| ${Object.keys(call.events)}::text[]
    RETURNING customer_id AS "customerId", conversation_id AS "conversationId"`.execute(tx.db);
  return rows[0] ?? null;
}

/** What a history left on an organization's numbers, so that two of them can be compared. */
import { queryAsAdmin } from './admin-query.ts';
import type { TestDatabase } from './postgres.ts';

export type HistoryPlace = {
  organizationId: string;
  numbers: string[];
  agents: number[];
  /** Ids that are this place's own, each with what it is called in every place. */
  names: ReadonlyMap<string, string>;
};

/** What a history left on an organization's numbers, without generated ids and times of receipt; notices of ours tell of receipt. */
export async function remains(
  database: TestDatabase,
  place: HistoryPlace,
): Promise<Record<string, unknown[]>> {
  // Every statement gets all three, whichever it uses.
  const rows = async (statement: string): Promise<unknown[]> => {
    const found = await queryAsAdmin(
      database,
      `WITH here AS (SELECT $2::text[], $3::bigint[]) ${statement}`,
      [place.organizationId, place.numbers, place.agents],
    );
    return JSON.parse(renamed(JSON.stringify(found), place.names)) as unknown[];
  };
  const role = `array_position($2::text[], phone_number_id)`;
  const owner = `array_position($3::bigint[], agent_id)`;
  const customer = (
    of: string,
  ) => `(SELECT array_agg(i.kind || ' ' || i.value ORDER BY i.kind, i.value) FROM contact_identities i
    WHERE i.organization_id = $1 AND i.agent_id IS NOT DISTINCT FROM ${of}.agent_id AND i.customer_id = ${of}.customer_id)`;
  return {
    customers: await rows(
      `SELECT ${owner} AS owner, name, phone, username, ${customer('k')} AS identities
       FROM (SELECT *, id AS customer_id FROM customers WHERE organization_id = $1) k ORDER BY 1, 5`,
    ),
    conversations: await rows(
      `SELECT ${owner} AS owner, ${role} AS number, ${customer('c')} AS customer, unread_count, status, last_message_at, last_inbound_at,
         (SELECT m.wamid FROM messages m WHERE m.organization_id = $1 AND m.id = c.last_message_id) AS last
       FROM conversations c WHERE organization_id = $1 ORDER BY 1, 2, 3`,
    ),
    messages: await rows(
      `SELECT ${owner} AS owner, ${role} AS number, wamid, ${customer('m')} AS customer,
         (SELECT ${customer('c')} FROM conversations c WHERE c.id = m.conversation_id) AS conversation,
         direction, type, message, payload, status, timestamp::text, changes, pricing, error
       FROM messages m WHERE organization_id = $1 AND type <> 'notice' ORDER BY 1, 2, 3`,
    ),
    triage: await rows(
      `SELECT ${role} AS number, ${customer('t')} AS customer, reason, state, unread_count, last_message_at, last_inbound_at,
         (SELECT m.wamid FROM messages m WHERE m.organization_id = $1 AND m.id = t.last_message_id) AS last
       FROM (SELECT *, NULL::bigint AS agent_id FROM triage_items WHERE organization_id = $1) t ORDER BY 1, 2`,
    ),
    // Also that they were fetched, and which one it is.
    files: await rows(
      `SELECT m.wamid, f.meta_id, f.state, f.width, array_position($3::bigint[], f.agent_id) AS owner,
         f.conversation_id IS NOT DISTINCT FROM m.conversation_id AS is_beside
       FROM messages m JOIN media f ON f.organization_id = $1 AND f.message_id = m.id AND f.meta_id = m.payload ->> 'id'
       WHERE m.organization_id = $1 AND m.type = 'image' ORDER BY 1, 2`,
    ),
    keys: await rows(
      `SELECT k.wamid, ${owner.replaceAll('agent_id', 'k.agent_id')} AS owner, m.id IS NOT NULL AS is_there
       FROM message_keys k LEFT JOIN messages m ON m.organization_id = $1 AND m.id = k.message_id AND m.agent_id IS NOT DISTINCT FROM k.agent_id
       WHERE k.organization_id = $1 ORDER BY 1`,
    ),
    contacts: await rows(
      `SELECT c.facts, array_agg(k.kind || ' ' || k.value ORDER BY k.kind, k.value) AS keys FROM contacts c JOIN contact_keys k ON k.contact_id = c.id
       WHERE c.organization_id = $1 GROUP BY c.id ORDER BY 2`,
    ),
    consent: await rows(
      `SELECT identity_value, opted_in, category, told_at FROM consent_events
       WHERE organization_id = $1 ORDER BY told_at, 1`,
    ),
    parked: await rows(
      `SELECT wamid, change AS what FROM parked_changes WHERE organization_id = $1
       UNION ALL SELECT wamid, to_jsonb(status) FROM parked_statuses WHERE organization_id = $1 ORDER BY 1, 2`,
    ),
  };
}

function renamed(text: string, names: ReadonlyMap<string, string>): string {
  let changed = text;
  for (const [own, common] of names) changed = changed.replaceAll(own, common);
  return changed;
}

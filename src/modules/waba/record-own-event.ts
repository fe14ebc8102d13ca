/** What is noticed here about an account, beside what Meta tells of it: it stands in the same list, and owners get a letter. */
import type { JsonObject } from '../../graph-api/json.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { insertEvent } from './queries/account-events.ts';
import type { Severity } from './severity.ts';

/** Something that was noticed about a token. */
export type OwnEvent = {
  organizationId: string;
  wabaId: string;
  event: 'TOKEN_REFUSED' | 'TOKEN_EXPIRES' | 'TOKEN_EXPIRED';
  severity: Severity;
  payload: JsonObject;
  /** The same thing noticed twice has the same key, and is told once. */
  key: string;
  occurredAt: Date;
};

/** Records it unless it was recorded, and has the owners told. The mail leaves when, and only when, this commits. */
export async function recordOwnEvent(tx: Tx, { key, ...event }: OwnEvent): Promise<void> {
  const { organizationId, wabaId } = event;
  const dedupeKey = `own:${key}`;
  const isNew = await insertEvent(tx, {
    ...event,
    phoneNumberId: null,
    field: 'token',
    dedupeKey,
  });
  if (!isNew) return;
  tx.enqueue('waba.write-to-owners', { organization_id: organizationId, waba_id: wabaId, key: dedupeKey });
  tx.publish({ type: 'account.changed', agentId: null, assigneeId: null, data: { waba_id: wabaId } });
}

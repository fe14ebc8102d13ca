/** SQL of what Meta tells of accounts: the notices as they came, the events that people read, and the newest word on each aspect. */
import { sql } from 'kysely';
import type { Json } from '../../../graph-api/json.ts';
import type { Tx } from '../../../platform/db/tx.ts';

export type NewNotice = {
  signer: string;
  wabaId: string | null;
  businessId: string | null;
  field: string;
  value: Json;
  dedupeKey: string;
  occurredAt: Date | null;
};

/** False when it was known. */
export async function insertNotice(tx: Tx, notice: NewNotice): Promise<boolean> {
  const { rows } = await sql<{ stored: boolean }>`
    SELECT app.store_account_notice(${notice.signer}, ${notice.wabaId}, ${notice.businessId}, ${notice.field},
      ${JSON.stringify(notice.value)}, ${notice.dedupeKey}, ${notice.occurredAt}) AS stored`.execute(tx.db);
  return rows[0]?.stored ?? false;
}

/** An account whose notices one organization has to apply. */
export type AccountWithNews = {
  organization_id: string;
  waba_id: string;
  again: boolean;
  lease_token: number;
};

export async function claimAccountsWithNews(
  tx: Tx,
  most: number,
  leaseSeconds: number,
): Promise<AccountWithNews[]> {
  const { rows } = await sql<AccountWithNews>`
    SELECT * FROM app.claim_accounts_with_news(${most}, make_interval(secs => ${leaseSeconds}))`.execute(
    tx.db,
  );
  return rows;
}

export async function finishAccountNews(tx: Tx, account: AccountWithNews): Promise<void> {
  await sql`SELECT app.finish_account_news(${account.waba_id}, ${account.lease_token})`.execute(tx.db);
}

export async function countAccountsWithNews(tx: Tx): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`SELECT app.count_accounts_with_news() AS waiting`.execute(
    tx.db,
  );
  return rows[0]?.waiting ?? 0;
}

export async function forgetOldNotices(tx: Tx): Promise<void> {
  await sql`SELECT app.forget_old_account_notices()`.execute(tx.db);
}

export type Notice = {
  field: string;
  value: Json;
  dedupe_key: string;
  occurred_at: Date;
  /** `occurred_at` to the microsecond. */
  position: string;
  /** The install's own app signed it, not the organization's. */
  by_install: boolean;
};

/** The next so many after one, oldest first; with `knownToo` also those that the organization has applied before. */
export async function listNotices(
  tx: Tx,
  page: { wabaId: string; knownToo: boolean; after: Notice | null; most: number },
): Promise<Notice[]> {
  const { wabaId, knownToo, after, most } = page;
  const { rows } = await sql<Notice>`
    SELECT n.*, n.occurred_at::text AS position FROM app.list_account_notices(${wabaId}, ${knownToo},
      ${after?.position ?? null}::timestamptz, ${after?.dedupe_key ?? null}, ${most}) AS n`.execute(tx.db);
  return rows;
}

export type NewEvent = {
  organizationId: string;
  wabaId: string;
  phoneNumberId: string | null;
  field: string;
  event: string;
  severity: string;
  payload: Json;
  dedupeKey: string;
  occurredAt: Date;
};

/** False when it stood there. */
export async function insertEvent(tx: Tx, event: NewEvent): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('account_events')
    .values({
      organization_id: event.organizationId,
      waba_id: event.wabaId,
      phone_number_id: event.phoneNumberId,
      field: event.field,
      event: event.event.slice(0, 200),
      severity: event.severity,
      payload: JSON.stringify(event.payload),
      dedupe_key: event.dedupeKey,
      occurred_at: event.occurredAt,
    })
    .onConflict((oc) => oc.constraint('account_events_dedupe_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export type Fact = {
  /** `account`, `number:<phone_number_id>` or `template:<id>`. */
  subject: string;
  aspect: string;
  value: Json;
  asOf: Date;
  /** Decides between two words of the same second, the same way in whatever order they come. */
  tie: string;
};

/** Writes a fact unless a newer one stands; whether it is the newest now. */
export async function raiseFact(
  tx: Tx,
  account: { organizationId: string; wabaId: string },
  fact: Fact,
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO account_facts AS f (organization_id, waba_id, subject, aspect, value, as_of, tie)
    VALUES (${account.organizationId}, ${account.wabaId}, ${fact.subject}, ${fact.aspect}, ${JSON.stringify(fact.value)},
      ${fact.asOf}, ${fact.tie})
    ON CONFLICT ON CONSTRAINT account_facts_pkey DO UPDATE SET value = excluded.value, as_of = excluded.as_of, tie = excluded.tie
      WHERE (excluded.as_of, excluded.tie) > (f.as_of, f.tie)
    RETURNING 1`.execute(tx.db);
  return rows.length > 0;
}

/** Ends the account's grants that were there at that time, for a reason that Meta told. */
export async function disconnectGrants(
  tx: Tx,
  wabaId: string,
  end: { asOf: Date; reason: string; appId: string | null },
): Promise<void> {
  // Meta's clock counts seconds: what it says in the second of connecting came after it.
  await sql`
    UPDATE waba_accounts SET connected = false, disconnected_at = ${end.asOf}, disconnected_by = 'webhook',
      disconnected_reason = ${end.reason}, updated_at = now() AT TIME ZONE 'utc'
    WHERE waba_id = ${wabaId} AND date_trunc('second', connected_at) <= ${end.asOf}
      AND (connected OR disconnected_by = 'webhook')
      AND (${end.appId}::text IS NULL OR app_id IS NULL OR app_id = ${end.appId})`.execute(tx.db);
}

/** Brings back the grants that Meta had ended. A token that Meta refused stays refused. */
export async function reconnectGrants(tx: Tx, wabaId: string, appId: string | null): Promise<void> {
  await sql`
    UPDATE waba_accounts SET connected = true, updated_at = now() AT TIME ZONE 'utc'
    WHERE waba_id = ${wabaId} AND NOT connected AND disconnected_by = 'webhook' AND access_token IS NOT NULL
      AND (${appId}::text IS NULL OR app_id IS NULL OR app_id = ${appId})`.execute(tx.db);
}

/** What of a number may be told by a webhook. */
export type NumberChange = Partial<
  Record<'quality_rating' | 'messaging_limit' | 'verified_name' | 'name_status' | 'username', string | null>
>;

/** Changes a number unless it was read from Meta since. */
export async function changeNumberAsOf(
  tx: Tx,
  phoneNumberId: string,
  change: NumberChange & { asOf: Date },
): Promise<void> {
  const { asOf, ...columns } = change;
  if (Object.keys(columns).length === 0) return;
  await tx.db
    .updateTable('phone_numbers')
    .set({ ...columns, updated_at: sql`now()` })
    .where('phone_number_id', '=', phoneNumberId)
    .where(sql<boolean>`date_trunc('second', read_at) <= ${asOf}`)
    .execute();
}

export type TemplateChange = {
  name?: string | null;
  language?: string | null;
  status?: string | null;
  reason?: string | null;
  category?: string | null;
  correct_category?: string | null;
  category_changes_at?: Date | null;
  quality?: string | null;
  components?: string;
};

export async function changeTemplate(
  tx: Tx,
  template: { organizationId: string; wabaId: string; templateId: string },
  change: TemplateChange,
): Promise<void> {
  await tx.db
    .insertInto('message_templates')
    .values({
      organization_id: template.organizationId,
      waba_id: template.wabaId,
      template_id: template.templateId,
      ...change,
    })
    .onConflict((oc) =>
      oc.constraint('message_templates_pkey').doUpdateSet({ ...change, updated_at: sql`now()` }),
    )
    .execute();
}

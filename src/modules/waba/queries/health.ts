/** SQL of how well accounts are: grants and their tokens, what checks found, and for whom to look. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';
import type { Place } from '../../../platform/paging.ts';

/** Ends a grant whose token Meta refused; null when the token is another one by now, or the grant had ended. */
export async function endGrant(
  tx: Tx,
  grant: { userId: string; wabaId: string; sealed: string },
  reason: string,
): Promise<{ connectedAt: Date; disconnectedAt: Date } | null> {
  const row = await tx.db
    .updateTable('waba_accounts')
    .set({
      connected: false,
      disconnected_at: sql`now()`,
      disconnected_by: 'token',
      disconnected_reason: reason,
      updated_at: sql`now() AT TIME ZONE 'utc'`,
    })
    .where('user_id', '=', grant.userId)
    .where('waba_id', '=', grant.wabaId)
    .where('access_token', '=', grant.sealed)
    .where('connected', '=', true)
    .returning(['connected_at', sql<Date>`now()`.as('ended_at')])
    .executeTakeFirst();
  return row ? { connectedAt: row.connected_at, disconnectedAt: row.ended_at } : null;
}

export type AccountName = { organization_id: string; waba_id: string };

/** The accounts of all organizations. */
export async function listAllAccounts(tx: Tx): Promise<AccountName[]> {
  const { rows } = await sql<AccountName>`SELECT * FROM app.list_all_accounts()`.execute(tx.db);
  return rows;
}

/** The live grants on an account, the one renewed last first. */
export function listLiveGrants(tx: Tx, wabaId: string) {
  return tx.db
    .selectFrom('waba_accounts')
    .select(['user_id', 'waba_id', 'access_token', 'app_id'])
    .select(sql<Date | null>`token_expires_at AT TIME ZONE 'utc'`.as('token_expires_at'))
    .where('waba_id', '=', wabaId)
    .where('connected', '=', true)
    .where('access_token', 'is not', null)
    .orderBy('updated_at', 'desc')
    .execute();
}

/** Whether the organization holds a grant on the account, in anybody's name. */
export async function isOurAccount(tx: Tx, wabaId: string): Promise<boolean> {
  return (await listConnections(tx)).some((one) => one.waba_id === wabaId);
}

/** What Meta told of a grant's token. */
export async function noteToken(
  tx: Tx,
  grant: { userId: string; wabaId: string; sealed: string },
  told: { appId: string | null; expiresAt: Date | null; scopes: string[] },
): Promise<void> {
  await tx.db
    .updateTable('waba_accounts')
    .set({
      token_expires_at: sql<Date | null>`${told.expiresAt}::timestamptz AT TIME ZONE 'utc'`,
      token_scopes: told.scopes,
      app_id: sql<string | null>`coalesce(app_id, ${told.appId})`,
      token_checked_at: sql`now()`,
    })
    .where('user_id', '=', grant.userId)
    .where('waba_id', '=', grant.wabaId)
    .where('access_token', '=', grant.sealed)
    .execute();
}

export type ConnectionRow = {
  waba_id: string;
  name: string | null;
  live: boolean;
  disconnected_at: Date | null;
  disconnected_by: string | null;
  disconnected_reason: string | null;
  token_expires_at: Date | null;
  held: number;
};

/** The organization's accounts: whether one of their grants is live, and how many messages wait for one. */
export async function listConnections(tx: Tx): Promise<ConnectionRow[]> {
  const { rows } = await sql<ConnectionRow>`
    SELECT waba_id, name, live, disconnected_at, disconnected_by, disconnected_reason,
      token_expires_at AT TIME ZONE 'utc' AS token_expires_at, held
    FROM app.list_account_connections() ORDER BY name, waba_id`.execute(tx.db);
  return rows;
}

/** What Meta last said of the accounts themselves. */
export function listAccountFacts(tx: Tx) {
  return tx.db
    .selectFrom('account_facts')
    .select(['waba_id', 'aspect', 'value'])
    .where('subject', '=', 'account')
    .execute();
}

export function listNumberStates(tx: Tx) {
  return tx.db
    .selectFrom('phone_numbers')
    .select([
      'waba_id',
      'phone_number_id',
      'display_phone_number',
      'quality_rating',
      'status',
      'name_status',
      'platform_type',
      'gone_at',
    ])
    .where('released_at', 'is', null)
    .orderBy('created_at')
    .orderBy('phone_number_id')
    .execute();
}

/** What of a number only Meta's API tells. */
export type NumberReading = {
  phoneNumberId: string;
  messagingLimit: string | null;
  nameStatus: string | null;
  codeVerificationStatus: string | null;
  platformType: string | null;
};

export async function noteNumber(tx: Tx, reading: NumberReading): Promise<void> {
  await tx.db
    .updateTable('phone_numbers')
    .set({
      messaging_limit: reading.messagingLimit,
      name_status: reading.nameStatus,
      code_verification_status: reading.codeVerificationStatus,
      platform_type: reading.platformType,
    })
    .where('phone_number_id', '=', reading.phoneNumberId)
    .execute();
}

/** Marks the account's numbers that Meta no longer lists. */
export async function markGoneNumbers(tx: Tx, wabaId: string, listed: string[]): Promise<void> {
  await tx.db
    .updateTable('phone_numbers')
    .set({ gone_at: sql`now()`, updated_at: sql`now()` })
    .where('waba_id', '=', wabaId)
    .where('released_at', 'is', null)
    .where('gone_at', 'is', null)
    .where(sql<boolean>`phone_number_id <> ALL (${listed}::text[])`)
    .execute();
}

export async function renameAccount(tx: Tx, wabaId: string, name: string): Promise<void> {
  await tx.db.updateTable('waba_accounts').set({ name }).where('waba_id', '=', wabaId).execute();
}

/** When a customer last wrote, by number. */
export async function listLastInbound(tx: Tx): Promise<Map<string, Date | null>> {
  const { rows } = await sql<{ phone_number_id: string; last_inbound_at: Date | null }>`
    SELECT * FROM app.list_last_inbound()`.execute(tx.db);
  return new Map(rows.map((row) => [row.phone_number_id, row.last_inbound_at]));
}

export async function saveCheck(
  tx: Tx,
  check: { organizationId: string; wabaId: string; findings: unknown[]; checkedAt: Date },
): Promise<void> {
  const values = { findings: JSON.stringify(check.findings), checked_at: check.checkedAt };
  await tx.db
    .insertInto('account_checks')
    .values({ ...values, organization_id: check.organizationId, waba_id: check.wabaId })
    .onConflict((oc) => oc.constraint('account_checks_pkey').doUpdateSet(values))
    .execute();
}

export function listChecks(tx: Tx) {
  return tx.db.selectFrom('account_checks').select(['waba_id', 'findings', 'checked_at']).execute();
}

/** Where owners are written to. */
export function listOwners(tx: Tx) {
  return tx.db
    .selectFrom('users')
    .select(['name', 'email'])
    .where('is_owner', '=', true)
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .execute();
}

/** Newest first, after the place where the last page ended. */
export function listEvents(
  tx: Tx,
  page: { wabaId: string | undefined; before: Place | undefined; limit: number },
) {
  return tx.db
    .selectFrom('account_events')
    .select(['id', 'waba_id', 'phone_number_id', 'field', 'event', 'severity', 'payload', 'occurred_at'])
    .select(sql<string>`occurred_at::text`.as('position'))
    .$if(page.wabaId !== undefined, (query) => query.where('waba_id', '=', page.wabaId ?? ''))
    .$if(page.before !== undefined, (query) =>
      query.where(
        sql<boolean>`(occurred_at, id) < (${page.before?.position}::timestamptz, ${page.before?.id}::bigint)`,
      ),
    )
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();
}

export function findEvent(tx: Tx, wabaId: string, dedupeKey: string) {
  return tx.db
    .selectFrom('account_events')
    .select(['field', 'event', 'payload'])
    .where('waba_id', '=', wabaId)
    .where('dedupe_key', '=', dedupeKey)
    .executeTakeFirst();
}

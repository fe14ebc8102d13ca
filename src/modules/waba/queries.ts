/** All SQL of accounts, grants and numbers. */
import { sql } from 'kysely';
import type { PhoneNumber as NumberAtMeta } from '../../graph-api/accounts-api.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { NumberMode, RoutingRule } from './contract.ts';

const numberColumns = [
  'phone_number_id',
  'waba_id',
  'display_phone_number',
  'verified_name',
  'quality_rating',
  'status',
  'mode',
] as const;

/** These columns are timestamps without a zone, in UTC. */
const UTC_NOW = sql<Date>`now() AT TIME ZONE 'utc'`;

export type Grant = {
  organizationId: string;
  userId: string;
  wabaId: string;
  name: string | null;
  ownerBusinessId: string | null;
  appId: string;
  tokenExpiresAt: Date | null;
  sealedToken: string;
};

/**
 * Connecting again brings the grant up to date: one row for one user and one account. A new one is not connected until
 * `markConnected`; one that works goes on working.
 */
export async function upsertGrant(tx: Tx, grant: Grant): Promise<void> {
  const values = {
    access_token: grant.sealedToken,
    app_id: grant.appId,
    token_expires_at: sql<Date | null>`${grant.tokenExpiresAt}::timestamptz AT TIME ZONE 'utc'`,
    owner_business_id: grant.ownerBusinessId,
    name: grant.name,
    updated_at: UTC_NOW,
  };
  await tx.db
    .insertInto('waba_accounts')
    .values({
      ...values,
      connected: false,
      organization_id: grant.organizationId,
      user_id: grant.userId,
      waba_id: grant.wabaId,
    })
    .onConflict((oc) => oc.columns(['user_id', 'waba_id']).doUpdateSet(values))
    .execute();
}

/** The grant is live from now on. */
export async function markConnected(tx: Tx, grant: { userId: string; wabaId: string }): Promise<void> {
  await tx.db
    .updateTable('waba_accounts')
    .set({ connected: true, updated_at: UTC_NOW })
    .where('user_id', '=', grant.userId)
    .where('waba_id', '=', grant.wabaId)
    .execute();
}

export type ClaimedNumber = {
  phoneNumberId: string;
  wabaId: string;
  portfolioId: string;
  displayPhoneNumber: string;
  verifiedName: string | null;
  qualityRating: string | null;
  status: string;
};

/** A number as Meta tells of it, for the organization that owns it or wants to. */
export function describeNumber(
  number: NumberAtMeta,
  owner: { wabaId: string; portfolioId: string },
): ClaimedNumber {
  return {
    phoneNumberId: number.id,
    wabaId: owner.wabaId,
    portfolioId: owner.portfolioId,
    displayPhoneNumber: number.displayPhoneNumber ?? number.id,
    verifiedName: number.verifiedName,
    qualityRating: number.qualityRating,
    status: number.status ?? 'UNKNOWN',
  };
}

/** False when the number belongs to another organization. */
export async function claimNumber(tx: Tx, number: ClaimedNumber): Promise<boolean> {
  const { rows } = await sql<{ claimed: boolean }>`
    SELECT app.claim_phone_number(${number.phoneNumberId}, ${number.wabaId}, ${number.portfolioId}, ${number.displayPhoneNumber},
      ${number.verifiedName}, ${number.qualityRating}, ${number.status}) AS claimed`.execute(tx.db);
  return rows[0]?.claimed ?? false;
}

export type AnsweringUser = {
  organizationId: string;
  userId: string;
  phoneNumberId: string;
  wabaId: string;
  number: string;
  webhookUrl: string;
};

/** Configures a user for a number, unless they have one already or somebody else answers on this one. */
export async function configureFirstUser(tx: Tx, user: AnsweringUser): Promise<void> {
  const { rows } = await sql<{ answered: boolean }>`
    SELECT app.is_number_answered(${user.phoneNumberId}) AS answered`.execute(tx.db);
  if (rows[0]?.answered !== false) return;
  await tx.db
    .insertInto('whatsapp_configuration')
    .values({
      organization_id: user.organizationId,
      user_id: user.userId,
      whatsapp_number: user.number,
      webhook_url: user.webhookUrl,
      business_account_id: user.wabaId,
      phone_number_id: user.phoneNumberId,
    })
    .onConflict((oc) => oc.constraint('whatsapp_configuration_user_key').doNothing())
    .execute();
}

export function listGrants(tx: Tx, userId: string) {
  return tx.db
    .selectFrom('waba_accounts')
    .select(['waba_id', 'name', 'owner_business_id', 'connected', 'token_expires_at'])
    .where('user_id', '=', userId)
    .orderBy('account_number')
    .execute();
}

export function listNumbers(tx: Tx, wabaIds: string[]) {
  if (wabaIds.length === 0) return Promise.resolve([]);
  return tx.db
    .selectFrom('phone_numbers')
    .select(numberColumns)
    .where('waba_id', 'in', wabaIds)
    .where('released_at', 'is', null)
    .orderBy('created_at')
    .orderBy('phone_number_id')
    .execute();
}

/** The number a message came in on; null when it is not the organization's. */
export async function findNumber(tx: Tx, phoneNumberId: string) {
  const row = await tx.db
    .selectFrom('phone_numbers')
    .select(['phone_number_id', 'waba_id', 'portfolio_id', 'mode', 'routing'])
    .where('phone_number_id', '=', phoneNumberId)
    .where('released_at', 'is', null)
    .executeTakeFirst();
  if (!row) return null;
  const mode: NumberMode = row.mode === 'central' ? 'central' : 'dedicated';
  return {
    phoneNumberId: row.phone_number_id,
    wabaId: row.waba_id,
    portfolioId: row.portfolio_id,
    mode,
    // Written by patchNumber alone, which took it from the schema.
    routing: row.routing as RoutingRule[] | null,
  };
}

/** The sealed token of a live grant on the number's account, the one renewed last first. */
export function findSealedToken(tx: Tx, phoneNumberId: string) {
  return tx.db
    .selectFrom('waba_accounts as g')
    .innerJoin('phone_numbers as n', 'n.waba_id', 'g.waba_id')
    .select(['g.user_id', 'g.waba_id', 'g.access_token', 'g.app_id'])
    .where('n.phone_number_id', '=', phoneNumberId)
    .where('n.released_at', 'is', null)
    .where('g.connected', '=', true)
    .where('g.access_token', 'is not', null)
    .orderBy('g.updated_at', 'desc')
    .executeTakeFirst();
}

/** Writes what a webhook tells of an account's owner into its grants; how many there are. */
export async function noteAccountOwner(
  tx: Tx,
  account: { signer: string; wabaId: string; businessId: string },
): Promise<number> {
  const { rows } = await sql<{ noted: number }>`
    SELECT app.note_account_owner(${account.signer}, ${account.wabaId}, ${account.businessId}) AS noted`.execute(
    tx.db,
  );
  return rows[0]?.noted ?? 0;
}

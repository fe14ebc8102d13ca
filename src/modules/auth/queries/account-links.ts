/** SQL of the one-time links that confirm an address or set a new password. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';
import type { LinkPurpose } from '../contract.ts';

export type NewAccountLink = { userId: string; purpose: LinkPurpose; tokenHash: Buffer; hours: number };
export type Addressee = { name: string; email: string };

export async function findAccount(tx: Tx, email: string): Promise<string | null> {
  const { rows } = await sql<{
    user_id: string | null;
  }>`SELECT app.find_account(${email}) AS user_id`.execute(tx.db);
  return rows[0]?.user_id ?? null;
}

/** For the worker that mails it. Null when the person is gone, disabled or already verified. */
export async function insertAccountLink(tx: Tx, link: NewAccountLink): Promise<Addressee | null> {
  const { rows } = await sql<Addressee>`
    SELECT * FROM app.create_account_link(${link.userId}, ${link.purpose}, ${link.tokenHash}, make_interval(hours => ${link.hours}))`.execute(
    tx.db,
  );
  return rows[0] ?? null;
}

/** For the owner who asks. Null when it is not theirs to do, or there is nothing to verify. */
export async function handOverAccountLink(tx: Tx, link: NewAccountLink): Promise<Addressee | null> {
  const { rows } = await sql<Addressee>`
    SELECT * FROM app.hand_over_account_link(${link.userId}, ${link.purpose}, ${link.tokenHash}, make_interval(hours => ${link.hours}))`.execute(
    tx.db,
  );
  return rows[0] ?? null;
}

export type LinkHolder = { name: string; email: string; organizationName: string };

/** Whose link it is, without using it up; null when it is no good. */
export async function findLinkHolder(
  tx: Tx,
  tokenHash: Buffer,
  purpose: LinkPurpose,
): Promise<LinkHolder | null> {
  const { rows } = await sql<{ name: string; email: string; organization_name: string }>`
    SELECT * FROM app.find_account_link(${tokenHash}, ${purpose})`.execute(tx.db);
  const row = rows[0];
  return row ? { name: row.name, email: row.email, organizationName: row.organization_name } : null;
}

/** False when the link is no good. */
export async function verifyEmailByLink(tx: Tx, tokenHash: Buffer): Promise<boolean> {
  const { rows } = await sql<{
    verified: boolean;
  }>`SELECT app.verify_email(${tokenHash}) AS verified`.execute(tx.db);
  return rows[0]?.verified ?? false;
}

/** Whose password it now is; null when the link is no good. */
export async function resetPasswordByLink(
  tx: Tx,
  tokenHash: Buffer,
  passwordHash: string,
): Promise<string | null> {
  const { rows } = await sql<{
    user_id: string | null;
  }>`SELECT app.reset_password(${tokenHash}, ${passwordHash}) AS user_id`.execute(tx.db);
  return rows[0]?.user_id ?? null;
}

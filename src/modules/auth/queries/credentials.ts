/** SQL of passwords, known devices and the proof of who somebody is. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

export type Credentials = {
  userId: string;
  organizationId: string;
  passwordHash: string;
  /** Whether they have signed in on this device before. */
  knowsDevice: boolean;
};

/** Null when nobody has that email, or they are disabled. */
export async function findCredentials(
  tx: Tx,
  email: string,
  deviceHash: Buffer | null,
): Promise<Credentials | null> {
  const { rows } = await sql<{
    user_id: string;
    organization_id: string;
    password_hash: string;
    knows_device: boolean;
  }>`SELECT * FROM app.find_credentials(${email}, ${deviceHash})`.execute(tx.db);
  const row = rows[0];
  return row
    ? {
        userId: row.user_id,
        organizationId: row.organization_id,
        passwordHash: row.password_hash,
        knowsDevice: row.knows_device,
      }
    : null;
}

export type OwnCredentials = {
  passwordHash: string;
  name: string;
  email: string;
  organizationName: string;
};

/** Of the signed-in person; null when they are gone. */
export async function findMyCredentials(tx: Tx): Promise<OwnCredentials | null> {
  const { rows } = await sql<{
    password_hash: string;
    name: string;
    email: string;
    organization_name: string;
  }>`SELECT * FROM app.my_credentials()`.execute(tx.db);
  const row = rows[0];
  return row
    ? {
        passwordHash: row.password_hash,
        name: row.name,
        email: row.email,
        organizationName: row.organization_name,
      }
    : null;
}

/** Ends every session but one, and the links that the old password could have made. */
export async function changePassword(
  tx: Tx,
  { passwordHash, keptSession }: { passwordHash: string; keptSession: string | null },
): Promise<void> {
  await sql`SELECT app.change_password(${passwordHash}, ${keptSession})`.execute(tx.db);
}

/** The signed-in person proved again who they are. False when the session is over. */
export async function confirmSession(tx: Tx, sessionId: string): Promise<boolean> {
  const { rows } = await sql<{
    confirmed: boolean;
  }>`SELECT app.confirm_session(${sessionId}) AS confirmed`.execute(tx.db);
  return rows[0]?.confirmed ?? false;
}

export async function rememberDevice(tx: Tx, userId: string, deviceHash: Buffer): Promise<void> {
  await sql`SELECT app.remember_device(${userId}, ${deviceHash})`.execute(tx.db);
}

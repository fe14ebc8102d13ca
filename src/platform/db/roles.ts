/**
 * The three roles: an owner without login that owns every table, an app role and a worker role that own nothing, so that
 * row level security applies to them. The server refuses to run as anything else.
 */
import { hkdfSync } from 'node:crypto';
import type pg from 'pg';

export const OWNER_ROLE = 'switchboard_owner';
export const APP_ROLE = 'switchboard_app';
export const WORKER_ROLE = 'switchboard_worker';

/** Passwords of the two roles that sign in. */
export type RolePasswords = { app: string; worker: string };

/**
 * The roles' passwords follow from a secret that every process of the install knows, so nothing has to be stored or shared.
 * @param secret the password in DATABASE_URL, or the session secret when there is none
 */
export function derivePasswords(secret: string): RolePasswords {
  const derive = (role: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `switchboard database role ${role}`, 24)).toString(
      'base64url',
    );
  return { app: derive(APP_ROLE), worker: derive(WORKER_ROLE) };
}

/** Makes the roles where they are missing and lets the current role act as the owner. Safe to repeat. */
export async function ensureRoles(client: pg.ClientBase, passwords: RolePasswords): Promise<void> {
  for (const role of [OWNER_ROLE, APP_ROLE, WORKER_ROLE]) {
    const found = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (found.rowCount === 0)
      await client.query(`CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`);
  }
  for (const [role, password] of [
    [APP_ROLE, passwords.app],
    [WORKER_ROLE, passwords.worker],
  ] as const) {
    await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  }
  await ensureActsAsOwner(client);
}

/** Since PostgreSQL 16 whoever makes a role may administer it, but may act as it only when that is granted in so many words. */
async function ensureActsAsOwner(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ super: boolean; version: number }>(
    "SELECT rolsuper AS super, current_setting('server_version_num')::int AS version FROM pg_roles WHERE rolname = current_user",
  );
  if (rows[0]?.super) return;
  const option = (rows[0]?.version ?? 0) >= 160_000 ? ' WITH SET TRUE, INHERIT TRUE' : '';
  await client.query(`GRANT ${OWNER_ROLE} TO CURRENT_USER${option}`);
}

/** A role that would make row level security decoration. */
export class PrivilegedRoleError extends Error {
  constructor(role: string, why: string) {
    super(
      `The database role "${role}" ${why}, so row level security would not hold back anything. ` +
        `Let DATABASE_URL make the role "${APP_ROLE}" or give APP_DATABASE_URL a role that is no superuser, has no BYPASSRLS and owns no table.`,
    );
    this.name = 'PrivilegedRoleError';
  }
}

/** Throws PrivilegedRoleError when the connection's role is not bound by row level security. */
export async function refusePrivilegedRole(client: pg.ClientBase | pg.Pool): Promise<void> {
  const { rows } = await client.query<{
    role: string;
    super: boolean;
    bypass: boolean;
    owns: boolean;
    member: boolean;
  }>(`
    SELECT r.rolname AS role, r.rolsuper AS super, r.rolbypassrls AS bypass,
      EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname IN ('public', 'app', 'rental')) AS owns,
      EXISTS (SELECT FROM pg_roles o WHERE (o.rolsuper OR o.rolbypassrls OR o.rolname = '${OWNER_ROLE}')
        AND o.oid <> r.oid AND pg_has_role(r.oid, o.oid, 'MEMBER')) AS member
    FROM pg_roles r WHERE r.rolname = current_user`);
  const role = rows[0];
  if (!role) throw new Error('The database does not say who we are.');
  if (role.super) throw new PrivilegedRoleError(role.role, 'is a superuser');
  if (role.bypass) throw new PrivilegedRoleError(role.role, 'has BYPASSRLS');
  if (role.owns) throw new PrivilegedRoleError(role.role, 'owns tables of the product');
  if (role.member) throw new PrivilegedRoleError(role.role, 'may act as a privileged role');
}

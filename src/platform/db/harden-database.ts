/**
 * Closes what PostgreSQL opens to everybody and the server's roles have no use for, so that SQL which somebody smuggled into one of
 * our queries can neither name another user nor leave anything behind. What must stay true: whoever else works in this database
 * keeps what they had. Only a superuser can close it; anybody else is told what stays open. docs/decisions/database.md says what
 * PostgreSQL cannot close.
 */
import pg from 'pg';
import { APP_ROLE, OWNER_ROLE, WORKER_ROLE } from './roles.ts';

/**
 * `set_config` names the user whom row level security believes, from inside any query; the statement SET, which the transaction uses,
 * cannot stand in one. Large objects belong to no organization. The XML functions run a text as SQL. Connections that
 * end or stop are the same role's, of other people.
 */
const CLOSED = `^(set_config|lo_.*|loread|lowrite|(query|cursor|table|schema|database)_to_xml.*|pg_(terminate|cancel)_backend)$`;

type Open = { signature: string };

async function listOpenFunctions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<Open>(
    `SELECT p.oid::regprocedure::text AS signature FROM pg_proc p
     WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ $1 AND EXISTS
       (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g WHERE g.grantee = 0 AND g.privilege_type = 'EXECUTE')
     ORDER BY 1`,
    [CLOSED],
  );
  return rows.map(({ signature }) => `pg_catalog.${signature}`);
}

/** Roles that have something in this database, and whoever may act as one of them. */
async function listOthers(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ role: string }>(
    `WITH RECURSIVE here (id) AS (
       SELECT d.refobjid FROM pg_shdepend d JOIN pg_database b ON b.oid = d.dbid
         WHERE b.datname = current_database() AND d.refclassid = 'pg_authid'::regclass
       UNION SELECT m.member FROM pg_auth_members m JOIN here ON here.id = m.roleid)
     SELECT DISTINCT r.rolname AS role FROM here JOIN pg_roles r ON r.oid = here.id
     WHERE NOT r.rolsuper AND NOT starts_with(r.rolname, 'pg_') AND r.rolname <> ALL ($1)`,
    [[APP_ROLE, WORKER_ROLE, OWNER_ROLE]],
  );
  return rows.map(({ role }) => pg.escapeIdentifier(role));
}

async function isSuperuser(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname = current_user AND rolsuper');
  return rows.length > 0;
}

/** Before the tables: makes it so, or reports what stays open. Safe to repeat. */
export async function hardenDatabase(client: pg.Client, report: (line: string) => void): Promise<void> {
  const open = await listOpenFunctions(client);
  if (!(await isSuperuser(client))) {
    if (open.length > 0)
      report(
        'Warning: PostgreSQL lets everybody execute set_config here, and this role may not change that: the walls hold, but not ' +
          'against SQL that is smuggled into a query. docs/operating.md says what a superuser can run once.',
      );
    return;
  }
  const keepers = [OWNER_ROLE, ...(await listOthers(client))].join(', ');
  for (const signature of open)
    await client.query(
      `REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC; GRANT EXECUTE ON FUNCTION ${signature} TO ${keepers}`,
    );
  // Without a language DO runs nothing.
  await client.query(
    `REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC; GRANT USAGE ON LANGUAGE plpgsql TO ${keepers}`,
  );
  await forgetRoleSettings(client);
}

/**
 * A role may always give itself settings (PostgreSQL, ALTER ROLE). One that says who asks would be believed by every later
 * connection; those of an operator, such as time-outs, stay.
 */
async function forgetRoleSettings(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ role: string; database: string | null; name: string }>(
    `SELECT r.rolname AS role, b.datname AS database, split_part(setting, '=', 1) AS name
     FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database b ON b.oid = s.setdatabase,
       unnest(s.setconfig) setting WHERE r.rolname = ANY ($1) AND setting ~ '^(request|app)\\.'`,
    [[APP_ROLE, WORKER_ROLE]],
  );
  for (const { role, database, name } of rows) {
    const where = database === null ? '' : `IN DATABASE ${pg.escapeIdentifier(database)}`;
    await client.query(
      `ALTER ROLE ${role} ${where} RESET ${name.split('.').map(pg.escapeIdentifier).join('.')}`,
    );
  }
}

/**
 * A database's schema as SQL that people read in reviews: tables with constraints, indexes, policies, grants and triggers, then
 * a list of the functions. The embedded PostgreSQL brings no pg_dump; PostgreSQL's own pg_get_… functions write every definition.
 * Partitions and the job queue's schema are left out: they follow from what is shown.
 */
import type pg from 'pg';

const SCHEMAS = ['public', 'app', 'rental'];

type Table = {
  oid: number;
  name: string;
  kind: string;
  partition_key: string | null;
  comment: string | null;
  secured: string;
};

async function lines(client: pg.Client, query: string, parameters: unknown[]): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(query, parameters);
  return rows.map((row) => row.line);
}

async function describeTable(client: pg.Client, table: Table): Promise<string> {
  const columns = await lines(
    client,
    `SELECT format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
        CASE WHEN a.attidentity <> '' THEN ' GENERATED ALWAYS AS IDENTITY'
          WHEN a.attgenerated <> '' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
          WHEN d.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) ELSE '' END) AS line
     FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [table.oid],
  );
  const constraints = await lines(
    client,
    `SELECT format('  CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS line FROM pg_constraint
     WHERE conrelid = $1 AND contype <> 'n' ORDER BY contype DESC, conname`,
    [table.oid],
  );
  const partition = table.partition_key === null ? '' : ` PARTITION BY ${table.partition_key}`;
  const comment = table.comment === null ? [] : [`-- ${table.comment}`];
  const create = `CREATE TABLE ${table.name} (\n${[...columns, ...constraints].join(',\n')}\n)${partition};`;
  return [...comment, create, ...(await describeSurroundings(client, table))].join('\n');
}

/** Indexes that no constraint makes, security, policies, grants and triggers. */
async function describeSurroundings(client: pg.Client, table: Table): Promise<string[]> {
  const indexes = await lines(
    client,
    `SELECT pg_get_indexdef(i.indexrelid) || ';' AS line FROM pg_index i
     WHERE i.indrelid = $1 AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
     ORDER BY i.indexrelid::regclass::text`,
    [table.oid],
  );
  const policies = await lines(
    client,
    `SELECT format('CREATE POLICY %I ON %s%s FOR %s TO %s%s%s;', p.polname, $2::text,
        CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END,
        CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END,
        (SELECT string_agg(r.rolname, ', ' ORDER BY r.rolname) FROM pg_roles r WHERE r.oid = ANY (p.polroles)),
        coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ''),
        coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')) AS line
     FROM pg_policy p WHERE p.polrelid = $1 ORDER BY p.polname`,
    [table.oid, table.name],
  );
  const grants = await lines(
    client,
    `SELECT format('GRANT %s ON %s TO %s;', string_agg(g.privilege, ', ' ORDER BY g.privilege), $2::text, g.grantee) AS line FROM (
        SELECT a.privilege_type AS privilege, a.grantee::regrole::text AS grantee
          FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = $1 AND a.grantee <> c.relowner
        UNION ALL
        SELECT a.privilege_type || ' (' || string_agg(t.attname, ', ' ORDER BY t.attnum) || ')', a.grantee::regrole::text
          FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = $1 GROUP BY a.privilege_type, a.grantee) AS g
     GROUP BY g.grantee ORDER BY g.grantee`,
    [table.oid, table.name],
  );
  const triggers = await lines(
    client,
    `SELECT pg_get_triggerdef(oid) || ';' AS line FROM pg_trigger WHERE tgrelid = $1 AND NOT tgisinternal ORDER BY tgname`,
    [table.oid],
  );
  const secured = table.secured === '' ? [] : [`ALTER TABLE ${table.name} ${table.secured};`];
  return [...indexes, ...secured, ...policies, ...grants, ...triggers];
}

/** One line each: whose rights it has and who may call it. The texts are in db/code. */
async function describeFunctions(client: pg.Client): Promise<string[]> {
  return lines(
    client,
    `SELECT format('-- %s returns %s%s; execute: %s', p.oid::regprocedure, pg_get_function_result(p.oid),
        CASE WHEN p.prosecdef THEN ', with its owner''s rights' ELSE '' END,
        coalesce((SELECT string_agg(a.grantee::regrole::text, ', ' ORDER BY a.grantee::regrole::text)
          FROM aclexplode(p.proacl) a WHERE a.grantee <> p.proowner AND a.grantee <> 0), 'the owner')) AS line
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname = ANY ($1) ORDER BY p.oid::regprocedure::text`,
    [SCHEMAS],
  );
}

/** The whole description, the same for the same schema. */
export async function describeSchema(client: pg.Client): Promise<string> {
  // With nothing on the path every name is written with its schema.
  await client.query("SET search_path = ''");
  const { rows: tables } = await client.query<Table>(
    `SELECT c.oid::int AS oid, c.oid::regclass::text AS name, c.relkind AS kind, pg_get_partkeydef(c.oid) AS partition_key,
        obj_description(c.oid, 'pg_class') AS comment,
        concat_ws(', ', CASE WHEN c.relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' END,
          CASE WHEN c.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END) AS secured
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.oid::regclass::text`,
    [SCHEMAS],
  );
  const described: string[] = [];
  for (const table of tables) described.push(await describeTable(client, table));
  const parts = [
    '-- Generated by "npm run generate" from the migrated database; not run by anything.',
    ...described,
    (await describeFunctions(client)).join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

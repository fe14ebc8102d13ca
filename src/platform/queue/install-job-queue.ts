/**
 * Brings pg-boss's schema to the version of the installed package, and our grants and functions with it.
 * Runs as the owner at migration; the running server never changes a schema. Idempotent.
 */
import { readFile } from 'node:fs/promises';
import { getConstructionPlans, getMigrationPlans } from 'pg-boss';

const SCHEMA = 'pgboss';

/** The part of a pg client that the installation needs. */
export type MigrationClient = {
  query(text: string): Promise<{ rows: Record<string, unknown>[] }>;
};

/**
 * Creates or migrates the schema `pgboss`, its grants and `app.enqueue_job`. Call it as switchboard_owner, when the schema
 * `app` and the roles exist; inside a transaction it is part of that transaction.
 * Throws when the database was migrated by a newer version of the package.
 */
export async function installJobQueue(client: MigrationClient): Promise<void> {
  const wanted = schemaVersion();
  const installed = await installedVersion(client);
  if (installed === null) {
    await client.query(withoutTransaction(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA};\n${constructionPlan()}`));
  } else if (installed > wanted) {
    throw new Error(
      `The job queue's schema is at version ${installed}, newer than ${wanted}: start the newer release.`,
    );
  } else if (installed < wanted) {
    await client.query(withoutTransaction(getMigrationPlans(SCHEMA, installed)));
  }
  await client.query(await readFile(new URL('job-queue.sql', import.meta.url), 'utf8'));
}

async function installedVersion(client: MigrationClient): Promise<number | null> {
  const found = await client.query(`SELECT to_regclass('${SCHEMA}.version') IS NOT NULL AS there`);
  if (found.rows[0]?.there !== true) return null;
  const { rows } = await client.query(`SELECT version FROM ${SCHEMA}.version`);
  return Number(rows[0]?.version);
}

function constructionPlan(): string {
  return getConstructionPlans(SCHEMA, { createSchema: false });
}

// The package exports its schema's version only as the last insert of the construction plan.
function schemaVersion(): number {
  const version = /INSERT INTO pgboss\.version\(version\) VALUES \('(\d+)'\)/.exec(constructionPlan())?.[1];
  if (version === undefined)
    throw new Error('The plan of pg-boss no longer says which schema version it makes.');
  return Number(version);
}

// The plans bring their own BEGIN and COMMIT, which would end the caller's transaction half way. Without them the text is
// one query message, so it is atomic by itself as well. Nothing is built concurrently, which a transaction does not allow:
// the table is short, and workers wait for that moment.
function withoutTransaction(plan: string): string {
  return plan
    .replace(/^\s*BEGIN;/m, '')
    .replace(/^\s*COMMIT;/m, '')
    .replaceAll(' CONCURRENTLY', '');
}

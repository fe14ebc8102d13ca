/** Operators need not hand out a superuser: CREATEROLE and a database of one's own are enough, before and after PostgreSQL 16. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { TEST_PASSWORDS } from '../../../test/harness/secrets.ts';
import { installJobQueue } from '../queue/install-job-queue.ts';
import { migrate } from './migrate.ts';
import { OWNER_ROLE, refusePrivilegedRole } from './roles.ts';

const name = `operator_${randomBytes(4).toString('hex')}`;
let admin: pg.Client;
let operatorUrl: string;

beforeAll(async () => {
  const { adminUrl } = inject('postgres');
  admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`CREATE ROLE ${name} LOGIN CREATEROLE PASSWORD '${name}'`);
  await admin.query(`GRANT ${OWNER_ROLE}, switchboard_app, switchboard_worker TO ${name} WITH ADMIN OPTION`);
  await admin.query(`CREATE DATABASE ${name} OWNER ${name}`);
  const url = new URL(adminUrl);
  url.username = name;
  url.password = name;
  url.pathname = `/${name}`;
  operatorUrl = url.href;
});

afterAll(async () => {
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`DROP ROLE IF EXISTS ${name}`);
  await admin.end();
});

test('a role that may create roles and owns its database migrates it, twice', async () => {
  for (let time = 1; time <= 2; time++)
    await migrate({
      adminUrl: operatorUrl,
      passwords: TEST_PASSWORDS,
      settings: { agent_tables_limit: '1000' },
      install: [installJobQueue],
    });
  const client = new pg.Client({ connectionString: operatorUrl });
  await client.connect();
  const owners = await client.query("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'");
  expect(owners.rows).toEqual([{ tableowner: OWNER_ROLE }]);
  await expect(refusePrivilegedRole(client)).rejects.toThrow(/may act as a privileged role/);
  await client.end();
});

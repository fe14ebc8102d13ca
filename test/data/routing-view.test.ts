/** The view that leads from a renter's phone to the landlord: what it shows, who may read it, and that look-ups are right while it is behind. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withRole } from '../../src/platform/db/connection.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { letTo } from '../harness/rentals.ts';
import { TEST_PASSWORDS } from '../harness/secrets.ts';
import { startTestSwitchboard } from '../harness/switchboard.ts';
import { openCrmDatabase, type CrmDatabase } from './crm-database.ts';

let crm: CrmDatabase;
let worker: pg.Client;
let ada: string;
let ben: string;
beforeAll(async () => {
  crm = await openCrmDatabase();
  worker = new pg.Client(withRole(crm.database.adminUrl, 'switchboard_worker', TEST_PASSWORDS.worker));
  await worker.connect();
  [ada, ben] = [await crm.addUser('ada'), await crm.addUser('ben')];
  await crm.admin.query('UPDATE user_profiles SET whatsapp_enabled = true WHERE id = ANY ($1)', [[ada, ben]]);
});
afterAll(async () => {
  await worker.end();
  await crm.close();
});

let phone: string;
let numbers = 0;
beforeEach(() => {
  numbers += 1;
  phone = `49300${String(numbers).padStart(4, '0')}`;
});

const refresh = () => crm.admin.query('SELECT refresh_tenant_landlord_routing()');

/** A lease of a renter with this phone; the ids of what was made. */
async function lease(landlord: string, renterPhone = phone) {
  const property = await crm.value<string>(
    `INSERT INTO rental.properties (organization_id, user_id, address) VALUES ('firm', $1, '1 Mill Road') RETURNING id`,
    [landlord],
  );
  const renter = await crm.value<string>(
    `INSERT INTO rental.tenants (organization_id, user_id, name, phone) VALUES ('firm', $1, 'Renter', $2) RETURNING id`,
    [landlord, renterPhone],
  );
  const id = await crm.value<string>(
    `INSERT INTO rental.leases (organization_id, tenant_id, property_id) VALUES ('firm', $1, $2) RETURNING id`,
    [renter, property],
  );
  return { id, renter, property };
}

type Found = { landlord_id: string; opted_in: boolean };

/** What a worker of the organization finds for a phone. */
async function look(renterPhone = phone, organization = 'firm'): Promise<Found[]> {
  await worker.query(`BEGIN; SET LOCAL app.organization_id = ${pg.escapeLiteral(organization)}`);
  const { rows } = await worker.query<Found>(
    'SELECT landlord_id, opted_in FROM app.find_landlords($1) ORDER BY landlord_id',
    [renterPhone],
  );
  await worker.query('COMMIT');
  return rows;
}

test('has the columns of a routing table, and one row for each phone and lease', async () => {
  const columns = await crm.rows<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'tenant_landlord_routing'::regclass AND attnum > 0 ORDER BY attnum`,
  );
  expect(columns.map(({ name }) => name).slice(0, 10)).toEqual([
    'tenant_phone',
    'tenant_id',
    'tenant_name',
    'landlord_id',
    'property_id',
    'property_address',
    'lease_id',
    'lease_status',
    'landlord_whatsapp_enabled',
    'landlord_name',
  ]);
  await lease(ada);
  await lease(ben);
  await refresh();
  const rows = await crm.rows('SELECT landlord_id FROM tenant_landlord_routing WHERE tenant_phone = $1', [
    phone,
  ]);
  expect(rows.map((row) => (row as { landlord_id: string }).landlord_id).toSorted()).toEqual(
    [ada, ben].toSorted(),
  );
  expect(await look()).toEqual([ada, ben].toSorted().map((landlord_id) => ({ landlord_id, opted_in: true })));
  expect(
    await crm.rows(
      `SELECT pg_get_indexdef(indexrelid) AS index FROM pg_index WHERE indrelid = 'tenant_landlord_routing'::regclass AND indisunique`,
    ),
  ).toEqual([{ index: expect.stringContaining('(tenant_phone, lease_id)') as string }]);
});

test('no role that people or workers have reads the view, its marks, or another organization’s landlords', async () => {
  await lease(ada);
  await refresh();
  for (const role of ['switchboard_app', 'switchboard_worker', 'public'])
    for (const relation of ['tenant_landlord_routing', 'app.routing_changes'])
      expect(
        await crm.value('SELECT has_table_privilege($1, $2, $3)', [
          role,
          relation,
          'SELECT, INSERT, UPDATE, DELETE',
        ]),
      ).toBe(false);
  expect(
    await crm.value(
      `SELECT has_function_privilege('switchboard_app', 'app.find_landlords(text)', 'EXECUTE')`,
    ),
  ).toBe(false);
  expect(await look(phone, 'rival')).toEqual([]);
  expect(await look(phone, '')).toEqual([]);
});

describe('between a change and the refresh a look-up finds', () => {
  let made: Awaited<ReturnType<typeof lease>>;
  beforeEach(async () => {
    made = await lease(ada);
    await refresh();
    expect(await look()).toEqual([{ landlord_id: ada, opted_in: true }]);
  });

  test.each([
    [
      'nobody when the lease has ended',
      () => crm.admin.query(`UPDATE rental.leases SET status = 'ended' WHERE id = $1`, [made.id]),
      [],
    ],
    [
      'nobody when the lease is deleted',
      () => crm.admin.query('DELETE FROM rental.leases WHERE id = $1', [made.id]),
      [],
    ],
    [
      'nobody when the property is deleted',
      () => crm.admin.query('DELETE FROM rental.properties WHERE id = $1', [made.property]),
      [],
    ],
    [
      'nobody when the renter is deleted',
      () => crm.admin.query('DELETE FROM rental.tenants WHERE id = $1', [made.renter]),
      [],
    ],
    [
      'nobody when the phone has gone',
      () => crm.admin.query('UPDATE rental.tenants SET phone = NULL WHERE id = $1', [made.renter]),
      [],
    ],
  ])('%s', async (_what, change, expected) => {
    await change();
    expect(await look()).toEqual(expected);
    await refresh();
    expect(await look()).toEqual(expected);
  });

  test('the new landlord', async () => {
    await crm.admin.query('UPDATE rental.tenants SET user_id = $2 WHERE id = $1', [made.renter, ben]);
    expect(await look()).toEqual([{ landlord_id: ben, opted_in: true }]);
  });

  test('the new phone, and nothing by the old one', async () => {
    const newPhone = `${phone}99`;
    await crm.admin.query('UPDATE rental.tenants SET phone = $2 WHERE id = $1', [made.renter, newPhone]);
    expect([await look(), await look(newPhone)]).toEqual([[], [{ landlord_id: ada, opted_in: true }]]);
  });

  test('a lease that has just begun beside the old one', async () => {
    await lease(ben);
    expect(await look()).toHaveLength(2);
  });

  test('that the landlord has opted out, and in again', async () => {
    await crm.admin.query('UPDATE user_profiles SET whatsapp_enabled = false WHERE id = $1', [ada]);
    expect(await look()).toEqual([{ landlord_id: ada, opted_in: false }]);
    await crm.admin.query('UPDATE user_profiles SET whatsapp_enabled = true WHERE id = $1', [ada]);
    expect(await look()).toEqual([{ landlord_id: ada, opted_in: true }]);
  });

  test('nobody when the landlord has left', async () => {
    const cleo = await crm.addUser(`cleo_${phone}`);
    const other = await lease(cleo, `${phone}77`);
    await refresh();
    await crm.admin.query('DELETE FROM users WHERE id = $1', [cleo]);
    expect(other.id).not.toBe('');
    expect(await look(`${phone}77`)).toEqual([]);
  });

  test('nobody when the organization’s renter moved to a landlord whose profile came only now', async () => {
    const dora = await crm.value<string>(
      `INSERT INTO users (organization_id, name, email) VALUES ('firm', 'Dora', $1) RETURNING id`,
      [`dora${phone}@firm.test`],
    );
    await crm.admin.query('UPDATE rental.tenants SET user_id = $2 WHERE id = $1', [made.renter, dora]);
    await refresh();
    await crm.admin.query(
      `INSERT INTO user_profiles (id, organization_id, full_name, whatsapp_enabled) VALUES ($1, 'firm', 'Dora', true)`,
      [dora],
    );
    expect(await look()).toEqual([{ landlord_id: dora, opted_in: true }]);
  });
});

test('what changes while a refresh runs stays marked, and is found', async () => {
  const made = await lease(ada);
  await refresh();
  const refresher = await crm.connect();
  const landlord = await crm.connect();
  await lease(ben, `${phone}1`);
  // The refresh has read the tables and not committed.
  await refresher.query('BEGIN');
  await refresher.query('SELECT refresh_tenant_landlord_routing()');
  await landlord.query(`UPDATE rental.leases SET status = 'ended' WHERE id = $1`, [made.id]);
  expect(await look()).toEqual([]);
  await refresher.query('COMMIT');
  expect(await look()).toEqual([]);
  expect(await crm.rows('SELECT tenant_phone FROM app.routing_changes')).toEqual([{ tenant_phone: phone }]);
  await refresh();
  expect(await crm.rows('SELECT FROM app.routing_changes')).toEqual([]);
  expect(await look()).toEqual([]);
});

test('a change that began before a refresh and commits after it is found', async () => {
  const made = await lease(ada);
  await refresh();
  const landlord = await crm.connect();
  await landlord.query('BEGIN');
  await landlord.query(`UPDATE rental.leases SET status = 'ended' WHERE id = $1`, [made.id]);
  await lease(ben, `${phone}1`);
  await refresh();
  expect(await look()).toEqual([{ landlord_id: ada, opted_in: true }]);
  await landlord.query('COMMIT');
  expect(await look()).toEqual([]);
});

test('readers go on while a refresh is not committed', async () => {
  await lease(ada);
  await refresh();
  const refresher = await crm.connect();
  await lease(ben, `${phone}1`);
  await refresher.query('BEGIN');
  await refresher.query('SELECT refresh_tenant_landlord_routing()');
  await worker.query(`SET lock_timeout = '2s'`);
  expect(await look()).toEqual([{ landlord_id: ada, opted_in: true }]);
  expect(await look(`${phone}1`)).toEqual([{ landlord_id: ben, opted_in: true }]);
  await refresher.query('COMMIT');
});

test('fifty changes in a row cost a few refreshes, and the view ends up right', async () => {
  const switchboard = await startTestSwitchboard();
  try {
    const landlord = await registerOwner(switchboard.url);
    const ask = (statement: string) =>
      queryAsAdmin<{ n: string }>(switchboard.database, statement).then(([row]) => Number(row?.n));
    await queryAsAdmin(
      switchboard.database,
      `SET ROLE switchboard_owner; CREATE SEQUENCE app.refreshes;
       ALTER FUNCTION public.refresh_tenant_landlord_routing() RENAME TO refresh_counted;
       CREATE FUNCTION public.refresh_tenant_landlord_routing() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = ''
         AS 'SELECT nextval(''app.refreshes''); SELECT public.refresh_counted()'`,
    );
    for (let n = 0; n < 50; n += 1) await letTo(switchboard, landlord, `4940${String(n)}`);
    await switchboard.settle();
    await expect
      .poll(() => ask('SELECT count(*) AS n FROM app.routing_changes'), { timeout: 15_000 })
      .toBe(0);
    expect(await ask('SELECT count(*) AS n FROM tenant_landlord_routing')).toBe(50);
    const refreshes = await ask('SELECT last_value AS n FROM app.refreshes WHERE is_called');
    expect(refreshes).toBeGreaterThan(0);
    expect(refreshes).toBeLessThan(8);
  } finally {
    await switchboard.stop();
  }
});

test('a worker that finds another at the refresh goes its way, and the mark stays', async () => {
  await refresh();
  await lease(ada);
  const [first, second] = [await crm.connect(), await crm.connect()];
  const ask = async (client: pg.Client) =>
    (await client.query<{ refreshed: boolean }>('SELECT app.refresh_routing_if_changed() AS refreshed'))
      .rows[0]?.refreshed;
  await first.query('BEGIN');
  expect(await ask(first)).toBe(true);
  expect(await ask(second)).toBe(false);
  await first.query('COMMIT');
  expect(await crm.rows('SELECT FROM app.routing_changes')).toEqual([]);
  expect(await ask(second)).toBe(false);
});

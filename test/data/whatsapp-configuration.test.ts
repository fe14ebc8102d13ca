/** The functions of the number that a user answers on, by their names, arguments and results, with the rights of the app role. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withRole } from '../../src/platform/db/connection.ts';
import { TEST_PASSWORDS } from '../harness/secrets.ts';
import { openCrmDatabase, type CrmDatabase } from './crm-database.ts';

let crm: CrmDatabase;
let app: pg.Client;
let me: string;
let colleague: string;
beforeAll(async () => {
  crm = await openCrmDatabase();
  app = new pg.Client(withRole(crm.database.adminUrl, 'switchboard_app', TEST_PASSWORDS.app));
  await app.connect();
  [me, colleague] = [await crm.addUser('me'), await crm.addUser('colleague')];
});
afterAll(async () => {
  await app.end();
  await crm.close();
});

type Configuration = Record<string, unknown>;

/** One committed statement of a signed-in user. */
async function as(user: string, statement: string, values: unknown[] = []): Promise<Configuration[]> {
  await app.query(`BEGIN; SET LOCAL request.jwt.claims = ${pg.escapeLiteral(JSON.stringify({ sub: user }))}`);
  try {
    const { rows } = await app.query<Configuration>(statement, values);
    await app.query('COMMIT');
    return rows;
  } catch (error) {
    await app.query('ROLLBACK');
    throw error;
  }
}

const create = (user: string, values: unknown[], by = user) =>
  as(by, 'SELECT * FROM create_whatsapp_config($1, $2, $3, $4, $5, $6)', [user, ...values]);

test.each([
  [
    'create_whatsapp_config',
    ['user_id', 'whatsapp_number', 'webhook_url', 'api_key', 'business_account_id', 'phone_number_id'],
  ],
  ['get_whatsapp_config', ['user_id']],
  [
    'update_whatsapp_config',
    [
      'user_id',
      'whatsapp_number',
      'webhook_url',
      'api_key',
      'business_account_id',
      'phone_number_id',
      'is_active',
    ],
  ],
  ['delete_whatsapp_config', ['user_id']],
])('%s has its arguments by name', async (name, names) => {
  expect(
    await crm.rows('SELECT proargnames[1:pronargs] AS names FROM pg_proc WHERE proname = $1', [name]),
  ).toEqual([{ names }]);
});

test('creating twice replaces the first and keeps its id; getting answers the active one', async () => {
  const [first] = await create(me, ['15550001', 'https://example.test/a', 'sealed', '77', null]);
  expect(first).toMatchObject({
    user_id: me,
    organization_id: 'firm',
    whatsapp_number: '15550001',
    is_active: true,
  });
  const [second] = await create(me, ['15550002', 'https://example.test/b', null, null, null]);
  expect(second).toMatchObject({
    id: first?.['id'],
    whatsapp_number: '15550002',
    webhook_url: 'https://example.test/b',
    api_key: null,
    business_account_id: null,
  });
  expect(await as(me, 'SELECT * FROM get_whatsapp_config($1)', [me])).toEqual([second]);
  expect(await crm.value('SELECT count(*)::int FROM whatsapp_configuration WHERE user_id = $1', [me])).toBe(
    1,
  );
});

test('updating changes what is given and nothing else', async () => {
  const [before] = await create(me, ['15550003', 'https://example.test/c', 'sealed', '78', null]);
  const [after] = await as(
    me,
    `SELECT * FROM update_whatsapp_config($1, webhook_url => 'https://example.test/d')`,
    [me],
  );
  expect(after).toEqual({
    ...before,
    webhook_url: 'https://example.test/d',
    updated_at: after?.['updated_at'],
  });
  expect(
    await as(colleague, `SELECT * FROM update_whatsapp_config($1, whatsapp_number => '1')`, [colleague]),
  ).toEqual([]);
});

test('deleting deactivates, once; creating again activates', async () => {
  await create(me, ['15550004', 'https://example.test/e', null, null, null]);
  const remove = async () => (await as(me, 'SELECT delete_whatsapp_config($1) AS deleted', [me]))[0];
  expect([await remove(), await remove()]).toEqual([{ deleted: true }, { deleted: false }]);
  expect(await as(me, 'SELECT * FROM get_whatsapp_config($1)', [me])).toEqual([]);
  expect(await create(me, ['15550005', 'https://example.test/f', null, null, null])).toMatchObject([
    { is_active: true },
  ]);
});

test('nobody makes, changes, ends or reads the configuration of a user of another organization', async () => {
  const rival = await crm.value<string>(`SELECT id FROM users WHERE email = 'owner@rival.test'`);
  const before = await create(me, ['15550006', 'https://example.test/g', 'sealed', null, null]);
  expect(await as(rival, 'SELECT * FROM get_whatsapp_config($1)', [me])).toEqual([]);
  expect(await as(rival, `SELECT * FROM update_whatsapp_config($1, whatsapp_number => '1')`, [me])).toEqual(
    [],
  );
  expect(await as(rival, 'SELECT delete_whatsapp_config($1) AS deleted', [me])).toEqual([{ deleted: false }]);
  expect(await create(me, ['1', 'https://example.test/h', null, null, null], rival)).toEqual([]);
  await expect(
    create(me, ['1', 'https://example.test/i', null, null, null], colleague),
  ).rejects.toMatchObject({
    code: '42501',
  });
  expect(await as(me, 'SELECT * FROM get_whatsapp_config($1)', [me])).toEqual(before);
});

test('a user that does not exist gets none', async () => {
  const nobody = '00000000-0000-4000-8000-000000000000';
  expect(await create(nobody, ['1', 'https://example.test/j', null, null, null], me)).toEqual([]);
});

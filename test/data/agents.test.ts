/** The functions that make, change and delete agents, by their names, arguments and results. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  asTables,
  asViews,
  catalogOf,
  contentOf,
  fillAgent,
  openCrmDatabase,
  relationsOf,
  type CrmDatabase,
  type Made,
} from './crm-database.ts';

let crm: CrmDatabase;
beforeAll(async () => {
  crm = await openCrmDatabase();
});
afterAll(() => crm.close());

const limitTables = (limit: number) =>
  crm.admin.query(`UPDATE app.settings SET value = $1 WHERE name = 'agent_tables_limit'`, [String(limit)]);

test.each([
  [
    'create_agent',
    'user_id uuid, agent_prefix character varying, created_by uuid',
    'TABLE(agent json, success boolean, message text)',
  ],
  [
    'update_agent_details',
    'agent_id integer, user_updates jsonb, agent_updates jsonb, current_user_id uuid',
    'TABLE(agent json, success boolean, message text)',
  ],
  ['delete_agent', 'agent_id integer', 'TABLE(success boolean, message text)'],
  ['create_agent_tables', 'prefix text, agent_id bigint', 'void'],
  ['drop_agent_tables', 'prefix text', 'void'],
  ['create_agent_indexes', 'prefix text', 'void'],
  ['move_agent', 'agent_id bigint, home bigint', 'void'],
  ['refresh_tenant_landlord_routing', '', 'void'],
])('%s takes (%s) and gives %s', async (name, parameters, result) => {
  expect(
    await crm.rows(
      `SELECT pg_get_function_arguments(oid) AS parameters, pg_get_function_result(oid) AS result FROM pg_proc
       WHERE proname = $1 AND pronamespace = 'public'::regnamespace`,
      [name],
    ),
  ).toEqual([{ parameters, result }]);
});

describe('create_agent', () => {
  test('answers the agent as JSON and lets the trigger make tables with indexes and walls', async () => {
    const userId = await crm.addUser('maker');
    const made = await crm.createAgent(userId, 'agt_made');
    expect(made.success).toBe(true);
    expect(made.message).toContain('agt_made');
    expect(made.agent).toMatchObject({ agent_prefix: 'agt_made', user_id: userId, created_by: userId });
    expect(made.agent?.home).toBe(made.agent?.id);
    expect(await relationsOf(crm, 'agt_made')).toEqual(asTables);
    const unguarded = await crm.rows(
      `SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND starts_with(c.relname, 'agt_made_')
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND c.relispartition)`,
    );
    expect(unguarded).toEqual([]);
    expect(
      await crm.value(`SELECT count(*)::int FROM pg_indexes WHERE starts_with(tablename, 'agt_made_')`),
    ).toBe(16);
    expect(
      await crm.rows(
        `SELECT tgname FROM pg_trigger WHERE tgrelid = 'agents'::regclass AND tgname = 'trigger_create_agent_tables'`,
      ),
    ).toHaveLength(1);
  });

  test('refuses a creator of another organization, an unknown user, and changes nothing', async () => {
    const before = await catalogOf(crm);
    const userId = await crm.addUser('lonely');
    const rival = await crm.value<string>(`SELECT id FROM users WHERE email = 'owner@rival.test'`);
    expect(await crm.createAgent(userId, 'agt_lonely', rival)).toMatchObject({ success: false, agent: null });
    expect(await crm.createAgent('00000000-0000-4000-8000-000000000000', 'agt_lonely')).toMatchObject({
      success: false,
    });
    expect(await catalogOf(crm)).toEqual(before);
  });

  test('refuses prefixes that are none, that are taken or that name a shared home, and changes nothing', async () => {
    const userId = await crm.addUser('hostile');
    const before = await catalogOf(crm);
    const hostile = [
      `x'; DROP TABLE users; --`,
      'x"; DROP TABLE users; --',
      'a'.repeat(64),
      'a'.repeat(21),
      'agt_größe',
      'Agt_upper',
      'ab',
      '',
      '_moving_1',
      'agt_of_rival',
      'waiting_room',
      ...['01', '16', '17', '00', '99'].map((n) => `pool_${n}`),
    ];
    for (const prefix of hostile)
      expect(await crm.createAgent(userId, prefix), prefix).toMatchObject({
        success: false,
        agent: null,
        message: expect.stringMatching(/prefix/) as string,
      });
    expect(await catalogOf(crm)).toEqual(before);
  });

  test('refuses a prefix whose table names are somebody else’s', async () => {
    await crm.admin.query('CREATE TABLE public.agt_taken_orders (id int)');
    const before = await catalogOf(crm);
    expect(await crm.createAgent(await crm.addUser('taken'), 'agt_taken')).toMatchObject({ success: false });
    expect(await catalogOf(crm)).toEqual(before);
    await crm.admin.query('DROP TABLE public.agt_taken_orders');
  });

  test.each(['select', 'table', 'user', 'agt_orders', 'moving_1', 'poolside'])(
    'takes %s, which is a prefix like any other, and delete_agent drops it again',
    async (prefix) => {
      const { agentId } = await crm.addAgent(prefix);
      expect(await relationsOf(crm, prefix)).toEqual(asTables);
      expect((await crm.rows<Made>('SELECT * FROM delete_agent($1)', [agentId]))[0]).toMatchObject({
        success: true,
      });
      expect(await relationsOf(crm, prefix)).toEqual([]);
    },
  );

  test('gives a place in a pool where there are as many tables as agent_tables_limit allows', async () => {
    const silos = await crm.value<number>('SELECT count(*)::int FROM agents WHERE home > 0');
    await limitTables(silos + 1);
    const own = await crm.addAgent('agt_last_own');
    const pooled = await crm.addAgent('agt_first_pool');
    await limitTables(1000);
    expect(own.home).toBe(own.agentId);
    expect(pooled.home).toBe(-1 - (pooled.agentId % 16));
    expect(await relationsOf(crm, 'agt_first_pool')).toEqual(asViews);
  });
});

describe('update_agent_details', () => {
  const update = async (agentId: number, changes: { user?: object; agent?: object }, by: string) =>
    (
      await crm.rows<{ agent: Record<string, unknown> | null; success: boolean; message: string }>(
        'SELECT * FROM update_agent_details($1, $2, $3, $4)',
        [agentId, JSON.stringify(changes.user ?? {}), JSON.stringify(changes.agent ?? {}), by],
      )
    )[0];

  test('changes what is given, for the user, an owner and an admin, and nobody else', async () => {
    const { agentId, userId } = await crm.addAgent('agt_upd');
    const colleague = await crm.addUser('colleague');
    const admin = await crm.value<string>(`SELECT id FROM users WHERE email = 'owner@firm.test'`);
    const rival = await crm.value<string>(`SELECT id FROM users WHERE email = 'owner@rival.test'`);
    expect(await crm.value(`SELECT role::text FROM users WHERE id = $1`, [admin])).toBe('admin');
    expect(await update(agentId, { user: { name: 'New Name' } }, userId)).toMatchObject({
      success: true,
      agent: { name: 'New Name', email: 'of_agt_upd@firm.test', agent_prefix: 'agt_upd', role: 'agent' },
    });
    for (const stranger of [colleague, rival, '00000000-0000-4000-8000-000000000000'])
      expect(await update(agentId, { user: { name: 'Stranger' } }, stranger)).toMatchObject({
        success: false,
        agent: null,
      });
    expect(await update(agentId, { user: { role: 'admin' } }, userId)).toMatchObject({ success: false });
    expect(await update(agentId, { user: { role: 'king' } }, admin)).toMatchObject({ success: false });
    expect(await update(agentId, { user: { email: 'OWNER@rival.test' } }, userId)).toMatchObject({
      success: false,
    });
    expect(await update(agentId, { user: { role: 'admin' } }, admin)).toMatchObject({
      success: true,
      agent: { role: 'admin', name: 'New Name' },
    });
    await crm.admin.query(`UPDATE users SET role = 'agent' WHERE id = $1`, [userId]);
  });

  test('keeps the prefix', async () => {
    const { agentId, userId } = await crm.addAgent('agt_fixed');
    expect(
      await update(agentId, { user: { name: 'Changed' }, agent: { agent_prefix: 'agt_other' } }, userId),
    ).toMatchObject({ success: false, message: expect.stringContaining('prefix') as string });
    expect(await update(agentId, { agent: { agent_prefix: 'agt_fixed' } }, userId)).toMatchObject({
      success: true,
      agent: { agent_prefix: 'agt_fixed', name: 'of_agt_fixed' },
    });
  });
});

describe('delete_agent', () => {
  const remove = async (agentId: number) =>
    (await crm.rows<{ success: boolean }>('SELECT * FROM delete_agent($1)', [agentId]))[0];

  test.each([
    ['with tables of its own', null],
    ['in a pool', -5],
  ])(
    'takes everything of an agent %s, and deactivates the configuration of its user',
    async (_where, home) => {
      const prefix = home === null ? 'agt_gone' : 'agt_gone_pool';
      const { agentId, userId } = await crm.addAgent(prefix);
      const neighbour = await crm.addAgent(`${prefix}_n`);
      if (home !== null)
        for (const id of [agentId, neighbour.agentId])
          await crm.admin.query('SELECT move_agent($1, $2)', [id, home]);
      await fillAgent(crm, agentId, 3);
      await fillAgent(crm, neighbour.agentId, 3);
      const before = await contentOf(crm, neighbour.prefix);
      await crm.admin.query(`SELECT create_whatsapp_config($1, '1555', 'https://example.test/hook')`, [
        userId,
      ]);

      expect(await remove(agentId)).toMatchObject({ success: true });
      expect(await relationsOf(crm, prefix)).toEqual([]);
      for (const table of [
        'customers',
        'messages',
        'orders',
        'orders_items',
        'conversations',
        'contact_identities',
      ])
        expect(
          await crm.value(`SELECT count(*)::int FROM ${table} WHERE agent_id = $1`, [agentId]),
          table,
        ).toBe(0);
      expect(
        await crm.rows('SELECT is_active FROM whatsapp_configuration WHERE user_id = $1', [userId]),
      ).toEqual([{ is_active: false }]);
      expect(await crm.rows('SELECT FROM users WHERE id = $1', [userId])).toHaveLength(1);
      expect(await contentOf(crm, neighbour.prefix)).toEqual(before);
      expect(await remove(agentId)).toMatchObject({ success: false });
    },
  );

  test('goes beside readers and makers of other agents', async () => {
    const doomed: { agentId: number }[] = [];
    for (let n = 0; n < 4; n += 1) doomed.push(await crm.addAgent(`agt_doomed_${String(n)}`));
    const reader = await crm.addAgent('agt_reader');
    await fillAgent(crm, reader.agentId, 2);
    const users: Awaited<ReturnType<typeof crm.addUser>>[] = [];
    for (let n = 0; n < 4; n += 1) users.push(await crm.addUser(`beside_${String(n)}`));
    const [reading, making, deleting] = [await crm.connect(), await crm.connect(), await crm.connect()];
    let done = false;
    const read = async () => {
      const where = `home = ${String(reader.home)} AND agent_id = ${String(reader.agentId)}`;
      let rounds = 0;
      for (; !done || rounds === 0; rounds += 1) {
        await reading.query('BEGIN');
        for (const kind of ['customers', 'messages', 'orders', 'orders_items'])
          expect((await reading.query(`SELECT FROM ${kind} WHERE ${where} LIMIT 1`)).rowCount).toBe(1);
        await reading.query('COMMIT');
      }
      return rounds;
    };
    const make = async () => {
      for (const [n, user] of users.entries())
        await making.query('SELECT create_agent($1, $2, $1)', [user, `agt_beside_${String(n)}`]);
    };
    const drop = async () => {
      for (const { agentId } of doomed) await deleting.query('SELECT delete_agent($1)', [agentId]);
    };
    const reads = read();
    await Promise.all([make(), drop()]).finally(() => (done = true));
    expect(await reads).toBeGreaterThan(0);
    expect(await relationsOf(crm, 'agt_doomed_3')).toEqual([]);
    expect(await relationsOf(crm, 'agt_beside_3')).toEqual(asTables);
  });
});

describe('the functions of the tables', () => {
  test('drop_agent_tables takes tables away, create_agent_tables makes them again, both can be repeated or refuse', async () => {
    const { agentId } = await crm.addAgent('agt_again');
    await crm.admin.query(`SELECT drop_agent_tables('agt_again')`);
    expect(await relationsOf(crm, 'agt_again')).toEqual([]);
    await crm.admin.query(`SELECT drop_agent_tables('agt_again')`);
    await crm.admin.query(`SELECT create_agent_tables('agt_again', $1)`, [agentId]);
    expect(await relationsOf(crm, 'agt_again')).toEqual(asTables);
    await expect(
      crm.admin.query(`SELECT create_agent_tables('agt_again', $1)`, [agentId]),
    ).rejects.toMatchObject({
      code: '42P07',
    });
    await expect(
      crm.admin.query(`SELECT create_agent_tables('agt_other', $1)`, [agentId]),
    ).rejects.toMatchObject({
      code: 'P0002',
    });
    await fillAgent(crm, agentId, 1);
  });

  test.each(['pool_01', 'pool_16', 'waiting_room', `x'; DROP TABLE users; --`, 'Users', '', null])(
    'drop_agent_tables refuses %s',
    async (prefix) => {
      const before = await catalogOf(crm);
      await expect(crm.admin.query('SELECT drop_agent_tables($1)', [prefix])).rejects.toMatchObject({
        code: '22023',
      });
      expect(await catalogOf(crm)).toEqual(before);
    },
  );

  test('only their owner may call those that make, move and delete', async () => {
    for (const role of ['switchboard_app', 'switchboard_worker'])
      for (const call of [
        `create_agent(NULL, 'agt_x', NULL)`,
        'delete_agent(1)',
        'move_agent(1, -1)',
        `drop_agent_tables('agt_of_rival')`,
        `create_agent_tables('agt_of_rival', 2)`,
        `update_agent_details(1, '{}', '{}', NULL)`,
        'refresh_tenant_landlord_routing()',
      ]) {
        await crm.admin.query(`BEGIN; SET LOCAL ROLE ${role}`);
        await expect(crm.admin.query(`SELECT ${call}`), `${role} ${call}`).rejects.toMatchObject({
          code: '42501',
        });
        await crm.admin.query('ROLLBACK');
      }
  });
});

/** Contacts: identifiers that mean one person, facts told in any order, and customers who turn out to be one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCrmDatabase, type CrmDatabase } from './crm-database.ts';

let crm: CrmDatabase;
beforeAll(async () => {
  crm = await openCrmDatabase();
});
afterAll(() => crm.close());

type Met = {
  id: string;
  phones: string[];
  customers: { agent_id: number; customer_id: number }[];
  united: unknown[];
};
async function meet(
  keys: [string, string][],
  facts: Record<string, [number, string | null]> = {},
): Promise<Met> {
  await crm.admin.query(
    `BEGIN; SET LOCAL SESSION AUTHORIZATION switchboard_worker; SET LOCAL app.organization_id = 'firm'; SET LOCAL statement_timeout = '3s'`,
  );
  try {
    const [met] = await crm.rows<Met>('SELECT * FROM app.meet_contact($1, $2, $3, $4)', [
      'portfolio',
      keys.map(([kind]) => kind),
      keys.map(([, value]) => value),
      JSON.stringify(facts),
    ]);
    await crm.admin.query('COMMIT');
    if (!met) throw new Error('The contact was not met.');
    return met;
  } catch (error) {
    await crm.admin.query('ROLLBACK');
    throw error;
  }
}

test('a person is met again by any identifier that was told once with another', async () => {
  const first = await meet([['phone', '491']]);
  const both = await meet([
    ['user_id', 'DE.1'],
    ['phone', '491'],
  ]);
  expect((await meet([['user_id', 'DE.1']])).id).toBe(first.id);
  expect(both).toMatchObject({ id: first.id, phones: ['491'] });
});

const facts = async (id: string) =>
  crm.value<Record<string, [number, string | null]>>('SELECT facts FROM contacts WHERE id = $1', [id]);

test('the newest told of a person counts, whatever is told last', async () => {
  const { id } = await meet([['phone', '492']], { name: [20, 'New'], book_name: [5, 'Saved'] });
  await meet([['phone', '492']], { name: [10, 'Old'], book_name: [6, null], username: [1, 'ada'] });
  expect(await facts(id)).toEqual({ name: [20, 'New'], book_name: [6, null], username: [1, 'ada'] });
});

test('a time in the future counts as now', async () => {
  const { id } = await meet([['phone', '493']], { name: [99_999_999_999, 'Tomorrow'] });
  const { name } = await facts(id);
  expect(name?.[0]).toBeLessThan(Date.now() / 1000 + 5);
});

type Place = { agentId: number; customerId: number; conversationId: string };
/** A customer with a conversation, a message, an order and an archived message. */
async function addCustomer(agent: { agentId: number; home: number }, contact: Met): Promise<Place> {
  const { agentId, home } = agent;
  await crm.admin.query(`BEGIN; SET LOCAL app.organization_id = 'firm'`);
  const customerId = Number(
    await crm.value<string>('SELECT app.add_customer($1, $2)', [contact.id, agentId]),
  );
  await crm.admin.query('COMMIT');
  const conversationId = await crm.value<string>(
    `INSERT INTO conversations (organization_id, agent_id, phone_number_id, customer_id, unread_count) VALUES ('firm', $1, '900', $2, 2) RETURNING id`,
    [agentId, customerId],
  );
  const scope = [home, agentId, customerId, conversationId];
  await crm.admin.query(
    `WITH message AS (INSERT INTO messages (home, agent_id, organization_id, customer_id, conversation_id, message, direction, status, phone_number_id)
       VALUES ($1, $2, 'firm', $3, $4, 'hello', 'inbound', 'received', '900') RETURNING id, conversation_id)
     UPDATE conversations c SET last_message_id = m.id FROM message m WHERE c.id = m.conversation_id`,
    scope,
  );
  await crm.admin.query(
    `INSERT INTO orders (home, agent_id, organization_id, customer_id) VALUES ($1, $2, 'firm', $3)`,
    [home, agentId, customerId],
  );
  await crm.admin.query('SELECT app.make_archive_year(2020)');
  await crm.admin.query(
    `INSERT INTO messages_archive (id, agent_id, organization_id, customer_id, conversation_id, message, direction, status, phone_number_id, timestamp)
     VALUES (nextval('messages_id_seq'), $1, 'firm', $2, $3, 'long ago', 'inbound', 'received', '900', '2020-02-02')`,
    [agentId, customerId, conversationId],
  );
  return { agentId, customerId, conversationId };
}

test('two customers who turn out to be one person become one, and nothing of either is lost', async () => {
  const agent = await crm.addAgent('agt_merge');
  const kept = await addCustomer(agent, await meet([['phone', '494']], { name: [1, 'Ada'] }));
  const gone = await addCustomer(agent, await meet([['user_id', 'DE.4']], { name: [2, 'Ada Brook'] }));
  expect(kept.customerId).not.toBe(gone.customerId);

  const united = await meet([
    ['user_id', 'DE.4'],
    ['phone', '494'],
  ]);

  expect(united.customers).toEqual([{ agent_id: agent.agentId, customer_id: kept.customerId }]);
  expect(united.united).toEqual([
    { agent_id: agent.agentId, conversation_id: kept.conversationId, merged_id: gone.conversationId },
  ]);
  expect(await crm.rows('SELECT id, name, phone FROM customers WHERE home = $1', [agent.home])).toEqual([
    { id: String(kept.customerId), name: 'Ada Brook', phone: null },
  ]);
  expect(
    await crm.rows(
      `SELECT conversation_id, customer_id::int, type FROM messages WHERE home = $1 ORDER BY id`,
      [agent.home],
    ),
  ).toEqual(
    ['text', 'text', 'notice'].map((type) => ({
      conversation_id: kept.conversationId,
      customer_id: kept.customerId,
      type,
    })),
  );
  const counts = ['orders', 'messages_archive'].map((table) =>
    crm.value<string>(`SELECT count(*) FROM ${table} WHERE agent_id = $1 AND customer_id = $2`, [
      agent.agentId,
      kept.customerId,
    ]),
  );
  expect(await Promise.all(counts)).toEqual(['2', '2']);
  expect(
    await crm.rows('SELECT id, unread_count FROM conversations WHERE agent_id = $1', [agent.agentId]),
  ).toEqual([{ id: kept.conversationId, unread_count: 4 }]);
});

test('a conversation on another number keeps its id and goes over', async () => {
  const agent = await crm.addAgent('agt_other_number');
  const kept = await addCustomer(agent, await meet([['phone', '495']]));
  const gone = await addCustomer(agent, await meet([['user_id', 'DE.5']]));
  await crm.admin.query(
    `INSERT INTO phone_numbers (phone_number_id, organization_id, waba_id, portfolio_id, display_phone_number) VALUES ('901', 'firm', 'waba', 'portfolio', '1556')`,
  );
  await crm.admin.query(`UPDATE conversations SET phone_number_id = '901' WHERE id = $1`, [
    gone.conversationId,
  ]);
  await meet([
    ['user_id', 'DE.5'],
    ['phone', '495'],
  ]);
  expect(
    await crm.rows(
      'SELECT id, customer_id::int FROM conversations WHERE agent_id = $1 ORDER BY phone_number_id',
      [agent.agentId],
    ),
  ).toEqual([kept, gone].map(({ conversationId }) => ({ id: conversationId, customer_id: kept.customerId })));
});

test('a name that a person set by hand survives', async () => {
  const agent = await crm.addAgent('agt_named');
  const kept = await addCustomer(agent, await meet([['phone', '496']], { name: [1, 'Shown'] }));
  const gone = await addCustomer(agent, await meet([['user_id', 'DE.6']]));
  await crm.admin.query(`UPDATE customers SET name = 'By hand', name_source = 'manual' WHERE id = $1`, [
    gone.customerId,
  ]);
  await meet(
    [
      ['user_id', 'DE.6'],
      ['phone', '496'],
    ],
    { name: [9, 'Newer'] },
  );
  expect(await crm.rows('SELECT name, name_source FROM customers WHERE id = $1', [kept.customerId])).toEqual([
    { name: 'By hand', name_source: 'manual' },
  ]);
});

test('of many who meet the same stranger at once, by different identifiers, all meet one contact', async () => {
  const clients = await Promise.all(Array.from({ length: 6 }, () => crm.connect()));
  const meetOn = async (index: number) => {
    const keys = [
      ['phone', '497'],
      ['user_id', 'DE.7'],
      ['parent_user_id', 'DE.ENT.7'],
    ];
    const told = [keys[index % 3] ?? [], keys[(index + 1) % 3] ?? []];
    for (let attempt = 0; ; attempt += 1)
      try {
        await clients[index]?.query(
          `BEGIN; SET LOCAL SESSION AUTHORIZATION switchboard_worker; SET LOCAL app.organization_id = 'firm'`,
        );
        await clients[index]?.query(`SELECT app.meet_contact('portfolio', $1, $2, '{}')`, [
          told.map(([kind]) => kind),
          told.map(([, value]) => value),
        ]);
        await clients[index]?.query('COMMIT');
        return;
      } catch (error) {
        await clients[index]?.query('ROLLBACK');
        if ((error as { code?: string }).code !== '40P01' || attempt === 5) throw error;
      }
  };
  await Promise.all(clients.map((_, index) => meetOn(index)));
  expect(
    await crm.rows(
      `SELECT count(DISTINCT contact_id)::int AS contacts, count(*)::int AS keys FROM contact_keys WHERE value IN ('497', 'DE.7', 'DE.ENT.7')`,
    ),
  ).toEqual([{ contacts: 1, keys: 3 }]);
});

test('what was learnt under an account’s id follows when Meta tells the portfolio, and meets what is known there', async () => {
  const agent = await crm.addAgent('agt_portfolio');
  await crm.admin.query(
    `INSERT INTO phone_numbers (phone_number_id, organization_id, waba_id, portfolio_id, display_phone_number) VALUES ('902', 'firm', 'later', 'later', '1557')`,
  );
  const known = await addCustomer(
    agent,
    await meet(
      [
        ['phone', '498'],
        ['user_id', 'DE.8'],
      ],
      { name: [1, 'Eve'] },
    ),
  );
  await crm.admin.query(`BEGIN; SET LOCAL app.organization_id = 'firm'`);
  const early = await crm.value<string>(
    `SELECT id FROM app.meet_contact('later', '{phone}', '{498}', '{"name": [5, "Eve Later"]}')`,
  );
  const twin = Number(await crm.value<string>('SELECT app.add_customer($1, $2)', [early, agent.agentId]));
  await crm.admin.query('COMMIT');
  expect(twin).not.toBe(known.customerId);

  await crm.admin.query(`UPDATE phone_numbers SET portfolio_id = 'portfolio' WHERE phone_number_id = '902'`);

  expect(await crm.rows(`SELECT id::int, name FROM customers WHERE home = $1`, [agent.home])).toEqual([
    { id: known.customerId, name: 'Eve Later' },
  ]);
  expect(await crm.rows(`SELECT FROM contact_keys WHERE portfolio_id = 'later'`)).toEqual([]);
  expect((await meet([['user_id', 'DE.8']])).customers).toEqual([
    { agent_id: agent.agentId, customer_id: known.customerId },
  ]);
});

test('a person who is nobody’s customer any more is forgotten as a contact too', async () => {
  const agent = await crm.addAgent('agt_forget');
  const { customerId } = await addCustomer(
    agent,
    await meet([
      ['phone', '499'],
      ['user_id', 'DE.9'],
    ]),
  );
  await crm.admin.query('DELETE FROM customers WHERE home = $1 AND id = $2', [agent.home, customerId]);
  expect(await crm.rows(`SELECT FROM contact_keys WHERE value IN ('499', 'DE.9')`)).toEqual([]);
});

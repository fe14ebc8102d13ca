/** Several processes on one database: each message is stored once and sent once, whoever received it, and in order. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { request } from '../harness/api.ts';
import { connectOwner, type ConnectedOwner } from '../harness/process-clients.ts';
import { until, type ServerProcess } from '../harness/server-process.ts';
import { openServers, type Servers } from '../harness/servers.ts';
import { deliveryOf, postDelivery } from '../harness/signed-delivery.ts';

let servers: Servers;

beforeEach(async () => {
  servers = await openServers();
});
afterEach(() => servers.close());

async function ready(starting: Promise<ServerProcess>): Promise<ServerProcess> {
  const server = await starting;
  await server.ready;
  return server;
}

const one = async <T>(sql: string, values: unknown[] = []): Promise<T | undefined> =>
  (await servers.database.query<{ value: T }>(sql, values)).rows[0]?.value;

type Accepted = { biz_opaque_callback_data: string; body: { text: { body: string }; to: string } };
const accepted = (url: string, number: ConnectedOwner) =>
  request<{ data: Accepted[] }>(
    `${url}/simulator/control/messages?phone_number_id=${number.phoneNumberId}&limit=1000`,
  ).then(({ body }) => body.data);

const CONTACTS = ['4917000001', '4917000002', '4917000003', '4917000004'];
const EACH = 12;

async function exchange(webhooks: string[], api: string[], simulator: string): Promise<void> {
  const number = await connectOwner(simulator);
  // Every delivery arrives at every process, as when Meta repeats it to another.
  const write = async (from: string) => {
    for (let count = 1; count <= EACH; count++) {
      const wamid = `wamid.many.${from}.${String(count)}`;
      const body = deliveryOf(number, [{ wamid, from, text: String(count), timestamp: 1_790_000_000 }]);
      const answers = await Promise.all(webhooks.map((url) => postDelivery(url, body)));
      expect(answers.map(({ status }) => status)).toEqual(webhooks.map(() => 200));
    }
  };
  await Promise.all(CONTACTS.map(write));
  const finished = `SELECT (SELECT count(*) FROM app.webhook_items WHERE state IN ('done', 'duplicate'))::int AS value`;
  await until(() => one<number>(finished), {
    is: (value) => value === CONTACTS.length * EACH * webhooks.length,
    within: 30_000,
    what: 'every item processed',
  });
  const { rows } = await servers.database.query<{ phone: string; text: string[] }>(`
    SELECT c.phone, array_agg(m.message ORDER BY m."timestamp", m.id) AS text
    FROM messages m JOIN customers c ON c.home = m.home AND c.id = m.customer_id GROUP BY c.phone ORDER BY 1`);
  const inOrder = Array.from({ length: EACH }, (_, index) => String(index + 1));
  expect(rows).toEqual(CONTACTS.map((phone) => ({ phone, text: inOrder })));

  // The window is open for what arrived lately by WhatsApp's clock.
  await servers.database.query('UPDATE conversations SET last_inbound_at = now()');
  const { body } = await request<{ data: { id: string }[] }>(`${api[0] ?? ''}/api/v1/conversations`, {
    token: number.token,
  });
  expect(body.data).toHaveLength(CONTACTS.length);
  const answer = async (conversation: string) => {
    for (let count = 1; count <= EACH; count++) {
      // The same request twice, to two processes, as after a time-out.
      const answers = await Promise.all(
        [0, 1].map((turn) =>
          request(`${api[(count + turn) % api.length] ?? ''}/api/v1/conversations/${conversation}/messages`, {
            token: number.token,
            headers: { 'idempotency-key': `answer-${conversation}-${String(count)}` },
            body: { text: `answer ${String(count)}` },
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    }
  };
  await Promise.all(body.data.map(({ id }) => answer(id)));
  await until(() => one<number>(`SELECT count(*)::int AS value FROM outbox WHERE state = 'accepted'`), {
    is: (value) => value === CONTACTS.length * EACH,
    within: 60_000,
    what: 'every answer accepted',
  });
  const sent = await accepted(simulator, number);
  expect(sent).toHaveLength(CONTACTS.length * EACH);
  expect(new Set(sent.map((message) => message.biz_opaque_callback_data)).size).toBe(sent.length);
  for (const contact of CONTACTS) {
    const texts = sent
      .filter(({ body }) => body.to.includes(contact))
      .map((message) => message.body.text.body);
    expect(texts).toEqual(inOrder.map((count) => `answer ${count}`));
  }
}

describe('each message is stored once and sent once', () => {
  test('by two processes that do everything', async () => {
    const first = await ready(servers.start());
    const second = await ready(servers.startBeside(first));
    await exchange([first.url, second.url], [first.url, second.url], first.url);
  }, 120_000);

  test('by two that serve and two that work', async () => {
    const web = await ready(servers.start({ mode: 'web' }));
    const otherWeb = await ready(servers.startBeside(web, { mode: 'web' }));
    await ready(servers.startBeside(web, { mode: 'worker' }));
    await ready(servers.startBeside(web, { mode: 'worker' }));
    await exchange([web.url, otherWeb.url], [web.url, otherWeb.url], web.url);
  }, 120_000);
});

test('a worker that is killed before Meta has answered leaves the message unknown, and it is never sent twice', async () => {
  const web = await ready(servers.start({ mode: 'web' }));
  const worker = await ready(servers.startBeside(web, { mode: 'worker' }));
  const number = await connectOwner(web.url);
  const inbound = { phone_number_id: number.phoneNumberId, from: '4917000009', text: 'Hello' };
  await request(`${web.url}/simulator/control/inbound`, { body: inbound });
  const conversation = await until(() => one<string>('SELECT id AS value FROM conversations'), {
    is: (id) => id !== undefined,
    within: 20_000,
    what: 'a conversation',
  });
  const faults = (body: object) => request(`${web.url}/simulator/control/faults`, { method: 'PUT', body });
  await faults({ sends: [{ kind: 'delay', delay_ms: 1_500 }], webhooks: { hold: true } });

  await request(`${web.url}/api/v1/conversations/${conversation ?? ''}/messages`, {
    token: number.token,
    body: { text: 'Once only' },
  });
  await until(
    () => request<{ sends: unknown[] }>(`${web.url}/simulator/control/faults`).then(({ body }) => body.sends),
    { is: (sends) => sends.length === 0, within: 20_000, what: 'the request at Meta' },
  );
  worker.kill('SIGKILL');
  await worker.ended;
  const state = () => one<string>('SELECT state AS value FROM outbox');
  expect(await state()).toBe('sending');
  await until(() => accepted(web.url, number), {
    is: (messages) => messages.length === 1,
    within: 20_000,
    what: 'the message accepted by Meta',
  });

  // The lease of the killed worker is over: a minute passes at once.
  await servers.database.query("UPDATE outbox SET leased_until = now() - interval '1 second'");
  await ready(servers.startBeside(web, { mode: 'worker' }));
  await until(state, { is: (value) => value === 'unknown', within: 20_000, what: 'the outcome unknown' });
  const shown = async () => {
    const page = await request<{ data: { direction: string; status: string }[] }>(
      `${web.url}/api/v1/conversations/${conversation ?? ''}/messages`,
      { token: number.token },
    );
    return page.body.data.find(({ direction }) => direction === 'outbound')?.status;
  };
  expect(await shown()).toBe('unknown');

  await faults({ webhooks: { hold: false } });
  await until(shown, {
    is: (status) => status === 'read',
    within: 20_000,
    what: 'the status that settles it',
  });
  expect(await state()).toBe('accepted');
  expect(await accepted(web.url, number)).toHaveLength(1);
}, 120_000);

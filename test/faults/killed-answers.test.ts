/**
 * The background process is killed with no warning at every named place of what a message causes: automatic messages, what waited in
 * triage, files; and the process that serves, while an owner assigns somebody. Nothing is lost, doubled or out of order, every renter is
 * asked once, every stranger is told once that they wait, and every file is there once. FAULT_KILLS sets how often at each place.
 */
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { TriagePage } from '../../src/modules/conversations/contract-triage.ts';
import { rowOf } from '../../src/modules/outbound/automatic-texts.ts';
import { FAILPOINTS } from '../../src/platform/failpoints.ts';
import { request } from '../harness/api.ts';
import { workedOff } from '../harness/customers.ts';
import { deliver, envelope } from '../harness/deliveries.ts';
import {
  ANSWERING_PLACES,
  ASSIGNING_PLACES,
  countKills,
  expectKilled,
  findDamage,
  INGEST_PLACES,
  killTable,
  SENDING_PLACES,
} from '../harness/kill-places.ts';
import { printFigure } from '../harness/print-figure.ts';
import { connectOwner, renewToken, type ConnectedOwner } from '../harness/process-clients.ts';
import { until, type ServerProcess } from '../harness/server-process.ts';
import { openServers, type Servers } from '../harness/servers.ts';
import { anyMessage, changeOf } from '../harness/webhook-kinds.ts';

const KILLS_EACH = Number(process.env['FAULT_KILLS'] ?? 1);

let servers: Servers;
/** Serves, and plays Meta: never killed. */
let web: ServerProcess;
let worker: ServerProcess;
let number: ConnectedOwner;
let landlords: string[];
let photo: string;

beforeAll(async () => {
  servers = await openServers();
  web = await servers.start({ mode: 'web' });
  await web.ready;
  number = await connectOwner(web.url);
  landlords = await twoLandlords();
  photo = await uploadPhoto();
  worker = await startWorker();
});
afterAll(() => servers.close());

const startWorker = (failpoints?: string) => servers.startBeside(web, { mode: 'worker', failpoints });

const asOwner = <T>(path: string, body?: unknown, method?: string) =>
  request<T>(`${web.url}/api/v1${path}`, {
    token: number.token,
    ...(body === undefined ? {} : { body }),
    ...(method === undefined ? {} : { method }),
  });

/** The owner and a colleague take part on the number, which they share; whom no lease leads anywhere waits. */
async function twoLandlords(): Promise<string[]> {
  const patch = { mode: 'central', routing: ['conversation', 'lease'] };
  expect((await asOwner(`/phone-numbers/${number.phoneNumberId}`, patch, 'PATCH')).status).toBe(200);
  const invitation = { email: 'sam@example.test', name: 'Sam Second' };
  const { body } = await asOwner<{ link: string }>('/users/invite', invitation);
  const accepted = await request<SessionAnswer>(`${web.url}/api/v1/invitations/accept`, {
    body: { token: body.link.split('#')[1], name: 'Sam Second', password: 'a password of a colleague' },
  });
  expect(accepted.status).toBe(201);
  for (const token of [number.token, accepted.body.access_token])
    await request(`${web.url}/api/v1/whatsapp/opt-in`, { token, method: 'PUT', body: { enabled: true } });
  const { rows } = await servers.database.query<{ id: string }>('SELECT id FROM users ORDER BY created_at');
  return rows.map(({ id }) => id);
}

async function uploadPhoto(): Promise<string> {
  const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const url = `${web.url}/simulator/control/media?phone_number_id=${number.phoneNumberId}`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: new Uint8Array(image),
  });
  return ((await answer.json()) as { id: string }).id;
}

/** Both landlords let to them. */
async function rent(phone: string): Promise<void> {
  for (const landlord of landlords)
    await servers.database.query(
      `WITH home AS (INSERT INTO rental.properties (organization_id, user_id, address)
           SELECT organization_id, id, '7 Harbour Lane' FROM users WHERE id = $1 RETURNING *),
         renter AS (INSERT INTO rental.tenants (organization_id, user_id, name, phone)
           SELECT organization_id, id, 'A renter', $2 FROM users WHERE id = $1 RETURNING *)
       INSERT INTO rental.leases (organization_id, property_id, tenant_id)
         SELECT home.organization_id, home.id, renter.id FROM home, renter`,
      [landlord, phone],
    );
}

type Person = { phone: string; isRenter: boolean; wamids: string[] };

/** One after the other begins to write, always somebody new: each is asked, or told that they wait, once in a day. */
function startPeople(): { people: Person[]; stop(): Promise<void> } {
  let stopped = false;
  const isStopped = () => stopped;
  const people: Person[] = [];
  const say = async (person: Person, type: string, content: unknown) => {
    const id = `wamid.${person.phone}.${String(person.wamids.length + 1)}`;
    const message = anyMessage({ from: { phone: person.phone }, id }, type, content);
    const change = changeOf(number.phoneNumberId, 'messages', { messages: [message] });
    expect((await deliver(web.url, envelope([change]))).status).toBe(200);
    person.wamids.push(id);
    await pause(30);
  };
  const live = async (person: Person) => {
    if (person.isRenter) await rent(person.phone);
    people.push(person);
    await say(person, 'text', { body: 'Hello' });
    await say(person, 'image', { id: photo });
    if (person.isRenter) {
      const [first = ''] = landlords;
      await say(person, 'interactive', {
        type: 'list_reply',
        list_reply: { id: rowOf(first), title: 'Them' },
      });
    }
    await say(person, 'text', { body: 'And then' });
  };
  const write = async () => {
    for (let n = 0; !isStopped(); n++)
      await live({ phone: `4917200${String(n).padStart(5, '0')}`, isRenter: n % 3 !== 2, wamids: [] });
  };
  const done = write();
  return {
    people,
    async stop() {
      stopped = true;
      await done;
    },
  };
}

type Stored = { wamid: string; agent: boolean };

test('every named place has a process that is killed at it', () => {
  const killed = [...INGEST_PLACES, ...SENDING_PLACES, ...ANSWERING_PLACES, ...ASSIGNING_PLACES];
  expect(killed.toSorted()).toEqual(FAILPOINTS.toSorted());
});

test(`${String(KILLS_EACH)} kills at each of ${String(ANSWERING_PLACES.length)} places of answering ask, tell and fetch everything once`, async () => {
  const writing = startPeople();
  worker.kill('SIGKILL');
  await worker.ended;
  const begun: { place: string; from: number }[] = [];
  for (let kill = 1; kill <= KILLS_EACH; kill++)
    for (const [index, place] of ANSWERING_PLACES.entries()) {
      begun.push({ place, from: writing.people.length });
      worker = await startWorker(`${place}:kill@${String(1 + ((kill + index) % 3))}`);
      await expectKilled(worker, place);
    }
  await writing.stop();
  worker = await startWorker();
  await workedOff(servers.database);
  const count = async (sql: string) => Number((await servers.database.query<{ n: string }>(sql)).rows[0]?.n);
  const left = () =>
    count(`SELECT (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending'))
      + (SELECT count(*) FROM media WHERE state = 'waiting') AS n`);
  await until(left, { is: (n) => n === 0, within: 180_000, what: 'everything sent and fetched' });

  const { rows: stored } = await servers.database.query<Stored>(
    `SELECT m.wamid, m.agent_id IS NOT NULL AS agent FROM messages m WHERE m.direction = 'inbound' ORDER BY m."timestamp", m.id`,
  );
  const wamids = stored.map(({ wamid }) => wamid);
  const counts = countKills(
    begun.map(({ place, from }, index) => ({
      place,
      damage: writing.people
        .slice(from, begun[index + 1]?.from)
        .map((person) => findDamage(person.wamids, wamids)),
    })),
  );
  printFigure(killTable(counts));
  for (const one of counts) expect(one).toMatchObject({ lost: 0, doubled: 0, disordered: 0 });

  const renters = writing.people.filter(({ isRenter }) => isRenter);
  const written = writing.people.reduce((sum, { wamids }) => sum + wamids.length, 0);
  expect(stored).toHaveLength(written);
  // Each renter has chosen: everything of theirs is with the landlord, and everything of the others waits.
  expect(stored.filter(({ agent }) => agent)).toHaveLength(renters.length * 4);
  const { rows: told } = await servers.database.query<{ kind: string; times: number; people: number }>(
    `SELECT kind, max(times)::int AS times, count(*)::int AS people FROM (
       SELECT m.payload ->> 'automatic' AS kind, m.customer_id, count(*) AS times FROM messages m
       WHERE m.payload ? 'automatic' GROUP BY 1, 2) AS each GROUP BY 1 ORDER BY 1`,
  );
  expect(told).toEqual([
    { kind: 'notice', times: 1, people: writing.people.length - renters.length },
    { kind: 'question', times: 1, people: renters.length },
  ]);
  expect(await count(`SELECT count(*) AS n FROM media WHERE state = 'stored'`)).toBe(writing.people.length);
  expect(await count(`SELECT count(*) AS n FROM app.webhook_items WHERE state = 'quarantined'`)).toBe(0);
  printFigure(
    `people ${String(writing.people.length)}, messages ${String(written)}, questions ${String(renters.length)}, ` +
      `notices ${String(writing.people.length - renters.length)}, files ${String(writing.people.length)}: each once`,
  );
}, 3_600_000);

test(`${String(KILLS_EACH)} kills while an owner assigns somebody from triage move everything once`, async () => {
  for (let kill = 1; kill <= KILLS_EACH; kill++) {
    await renewToken(web.url, number);
    const { body: page } = await asOwner<TriagePage>('/triage?limit=1');
    const [item] = page.data;
    const [, colleague] = landlords;
    const assign = (url: string) =>
      request(`${url}/api/v1/triage/${item?.id ?? ''}/assign`, {
        token: number.token,
        body: { user_id: colleague },
      });
    const armed = await servers.start({ mode: 'web', failpoints: 'triage.assigned:kill' });
    await armed.ready;
    await expect(assign(armed.url)).rejects.toThrow();
    expect(await armed.ended).toBe('SIGKILL');
    expect((await assign(web.url)).status).toBe(200);
    const moved = await servers.database.query<{ n: number; here: number; audited: number }>(
      `SELECT count(*)::int AS n, count(*) FILTER (WHERE m.agent_id IS NOT NULL)::int AS here,
         (SELECT count(*)::int FROM audit_events WHERE action = 'triage.assigned' AND subject_id = $2) AS audited
       FROM messages m WHERE m.direction = 'inbound' AND m.wamid LIKE 'wamid.' || $1 || '.%'`,
      [item?.from.phone, item?.id],
    );
    expect(moved.rows).toEqual([{ n: 3, here: 3, audited: 1 }]);
  }
}, 3_600_000);

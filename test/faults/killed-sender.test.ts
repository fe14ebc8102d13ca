/**
 * The process that sends is killed at every named place of sending while people answer: Meta gets nothing twice, and every message ends
 * as accepted, failed or openly unknown. FAULT_KILLS sets how often at each place (npm run test:faults).
 */
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { request } from '../harness/api.ts';
import { expectKilled, SENDING_PLACES as PLACES } from '../harness/kill-places.ts';
import { printFigure } from '../harness/print-figure.ts';
import { connectOwner, renewToken, type ConnectedOwner } from '../harness/process-clients.ts';
import { until, type ServerProcess } from '../harness/server-process.ts';
import { openServers, type Servers } from '../harness/servers.ts';

const KILLS_EACH = Number(process.env['FAULT_KILLS'] ?? 1);
/** Few enough that the simulator can list all that one of them got. */
const PAUSE_MS = KILLS_EACH > 5 ? 2_000 : 700;
const MOST_LISTED = 1_000;
const CONTACTS = Array.from({ length: 6 }, (_, index) => `49171000000${String(index)}`);

let servers: Servers;
/** Serves, and plays Meta: never killed. */
let web: ServerProcess;
let worker: ServerProcess;
let number: ConnectedOwner;
let conversations: string[];

beforeAll(async () => {
  servers = await openServers();
  web = await servers.start({ mode: 'web' });
  await web.ready;
  worker = await startWorker();
  number = await connectOwner(web.url);
  for (const from of CONTACTS) {
    const body = { phone_number_id: number.phoneNumberId, from, text: 'Hello' };
    await request(`${web.url}/simulator/control/inbound`, { body });
  }
  const found = await until(() => servers.database.query<{ id: string }>('SELECT id FROM conversations'), {
    is: ({ rows }) => rows.length === CONTACTS.length,
    within: 60_000,
    what: 'a conversation with everybody',
  });
  conversations = found.rows.map(({ id }) => id);
});
afterAll(() => servers.close());

const startWorker = (failpoints?: string) => servers.startBeside(web, { mode: 'worker', failpoints });

/** One answer in each conversation, again and again. */
function startAnswering(): { stop(): Promise<number> } {
  let stopped = false;
  let written = 0;
  const isStopped = () => stopped;
  const answer = async () => {
    while (!isStopped()) {
      for (const id of conversations) {
        const url = `${web.url}/api/v1/conversations/${id}/messages`;
        const { status } = await request(url, {
          token: number.token,
          body: { text: `answer ${String(written)}` },
        });
        expect(status).toBe(202);
        written++;
      }
      // More would only wait: of each conversation one message is sent at a time.
      await pause(PAUSE_MS);
    }
  };
  const done = answer();
  return {
    async stop() {
      stopped = true;
      await done;
      return written;
    },
  };
}

type Accepted = { biz_opaque_callback_data: string };

/** The ids of ours that Meta took for this person. */
async function acceptedFor(customer: string): Promise<string[]> {
  const found = await request<{ data: Accepted[] }>(
    `${web.url}/simulator/control/messages?customer=${customer}&limit=${String(MOST_LISTED)}`,
  );
  expect(found.body.data.length).toBeLessThan(MOST_LISTED);
  return found.body.data.map((message) => message.biz_opaque_callback_data);
}

test(`${String(KILLS_EACH)} kills at each of ${String(PLACES.length)} places of sending send nothing twice and nothing silently`, async () => {
  const people = startAnswering();
  worker.kill('SIGKILL');
  await worker.ended;
  for (let kill = 1; kill <= KILLS_EACH; kill++) {
    await renewToken(web.url, number);
    for (const [index, place] of PLACES.entries()) {
      worker = await startWorker(`${place}:kill@${String(1 + ((kill + index) % 3))}`);
      await expectKilled(worker, place);
    }
  }
  const written = await people.stop();
  worker = await startWorker();
  const open = async () =>
    (
      await servers.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM outbox o WHERE o.state IN ('queued', 'sending')`,
      )
    ).rows[0]?.n;
  await until(open, { is: (n) => n === 0, within: 120_000, what: 'every answer at an end' });

  const accepted = (await Promise.all(CONTACTS.map(acceptedFor))).flat();
  // Meta's statuses tell what became of those whose answer nobody read.
  const unsettled = async () =>
    (
      await servers.database.query<{ id: string }>(`SELECT id FROM outbox WHERE state = 'unknown'`)
    ).rows.filter(({ id }) => accepted.includes(id));
  await until(unsettled, { is: (rows) => rows.length === 0, within: 60_000, what: 'what Meta took settled' });
  const { rows } = await servers.database.query<{ id: string; state: string }>(
    'SELECT id, state FROM outbox',
  );
  const inState = (state: string) => rows.filter((row) => row.state === state);
  const doubled = accepted.length - new Set(accepted).size;
  const silent = inState('accepted').filter(({ id }) => !accepted.includes(id));
  printFigure(
    `${String(KILLS_EACH)} kills at each of ${String(PLACES.length)} places of sending: written ${String(written)}, ` +
      `accepted ${String(inState('accepted').length)}, openly unknown ${String(inState('unknown').length)}, ` +
      `doubled ${String(doubled)}, silent ${String(silent.length)}`,
  );
  expect(rows).toHaveLength(written);
  expect(doubled).toBe(0);
  expect(silent).toEqual([]);
  expect(inState('accepted').length + inState('unknown').length).toBe(written);
  // Only a send that had begun may end so.
  expect(inState('unknown').length).toBeLessThanOrEqual(PLACES.length * KILLS_EACH * CONTACTS.length);
}, 3_600_000);

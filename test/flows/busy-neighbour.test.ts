/** However many requests of one organization the database keeps waiting, the others are served. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { countRows } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { inboxOf, type Inbox } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let busy: Inbox;
let neighbour: SessionAnswer;
let conversation: string;

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  const owner = await registerOwner(switchboard.url);
  neighbour = await registerOwner(switchboard.url);
  const { phoneNumberId } = await connectNumber(switchboard, owner.access_token);
  const phone = newPhone();
  switchboard.simulator.control.inbound({ phone_number_id: phoneNumberId, from: phone, text: 'Hello' });
  await switchboard.settle();
  busy = inboxOf(switchboard.url, owner.access_token);
  conversation = (await busy.with(phone)).id;
});
afterAll(() => switchboard.stop());

test('forty requests that wait for a lock leave the neighbours their answers, and end when it is gone', async () => {
  const holder = new pg.Client(switchboard.database.adminUrl);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM conversations WHERE id = $1 FOR UPDATE', [conversation]);
  const stuck = Array.from({ length: 40 }, (_, n) =>
    busy.patch(conversation, { status: n % 2 === 0 ? 'archived' : 'active' }),
  );
  try {
    const waiting = () =>
      countRows(
        switchboard.database,
        'pg_stat_activity',
        `wait_event_type = 'Lock' AND datname = current_database()`,
      );
    await expect.poll(waiting, { timeout: 10_000 }).toBeGreaterThanOrEqual(8);
    for (let n = 0; n < 10; n += 1) {
      const begun = performance.now();
      const answer = await request(`${switchboard.url}/api/v1/conversations`, {
        token: neighbour.access_token,
      });
      expect(answer.status).toBe(200);
      expect(performance.now() - begun).toBeLessThan(3_000);
    }
  } finally {
    await holder.query('ROLLBACK');
    await holder.end();
  }
  const statuses = (await Promise.all(stuck)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(8);
  // Who had waited for too long was told to come again.
  for (const status of statuses) expect([200, 503]).toContain(status);
  expect((await busy.patch(conversation, { status: 'active' })).status).toBe(200);
}, 60_000);

/**
 * A history told in order, one event after the other, and the same history shuffled, repeated, cut into other deliveries and worked off
 * by two processes at once, end in the same state. The seed of a failure is printed; ANY_ORDER_RUNS and ANY_ORDER_EVENTS make it longer,
 * ANY_ORDER_SEED repeats one.
 */
import process from 'node:process';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSwitchboard, type RunningSwitchboard } from '../../src/start-switchboard.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { deliver, envelope, type Change } from '../harness/deliveries.ts';
import { histories, remains, tell, type HistoryEvent } from '../harness/message-history.ts';
import { connectNumber } from '../harness/numbers.ts';
import { hire } from '../harness/people.ts';
import { printFigure } from '../harness/print-figure.ts';
import {
  TEST_APP_SECRET,
  TEST_ENCRYPTION_KEY,
  TEST_PASSWORDS,
  TEST_SESSION_SECRET,
  TEST_VERIFY_TOKEN,
} from '../harness/secrets.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

const RUNS = Number(process.env['ANY_ORDER_RUNS'] ?? 3);
const EVENTS = Number(process.env['ANY_ORDER_EVENTS'] ?? 60);
const SEED = process.env['ANY_ORDER_SEED'] === undefined ? undefined : Number(process.env['ANY_ORDER_SEED']);

let switchboard: TestSwitchboard;
let second: RunningSwitchboard;

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  second = await startSwitchboard({
    config: switchboard.app.config,
    adminUrl: switchboard.database.adminUrl,
    log: switchboard.app.log,
    mode: 'worker',
    secrets: {
      encryptionKeys: [TEST_ENCRYPTION_KEY],
      sessionSecret: TEST_SESSION_SECRET,
      appSecret: TEST_APP_SECRET,
      verifyToken: TEST_VERIFY_TOKEN,
      whatsappToken: null,
      smtpUrl: null,
      passwords: TEST_PASSWORDS,
    },
  });
});
afterAll(async () => {
  await second.stop();
  await switchboard.stop();
});

type Place = { organizationId: string; numbers: string[]; agents: number[] };

/** Two numbers of one portfolio, each answered by another person. */
async function openOrganization(): Promise<Place> {
  const owner = await registerOwner(switchboard.url);
  const colleague = await hire(switchboard, owner);
  const first = await connectNumber(switchboard, owner.access_token);
  const other = await connectNumber(switchboard, colleague.access_token, { businessId: first.businessId });
  return {
    organizationId: owner.organization.id,
    numbers: [first.phoneNumberId, other.phoneNumberId],
    agents: [owner.user.agent?.id ?? 0, colleague.user.agent?.id ?? 0],
  };
}

async function settle(): Promise<void> {
  do {
    await switchboard.settle();
    await second.jobs?.settle();
  } while ((await countRows(switchboard.database, 'app.webhook_items', `state = 'waiting'`)) > 0);
}

const changesOf = (events: readonly HistoryEvent[], { numbers }: Place): Change[] =>
  events.map(({ number, change }) => change(numbers[number] ?? ''));

/** As it happened, each step after the one before. */
async function tellInOrder(events: HistoryEvent[], place: Place): Promise<void> {
  for (const change of changesOf(events, place)) {
    await deliver(switchboard.url, envelope([change]));
    await settle();
  }
}

/** All of it and some of it twice, as the numbers say, several deliveries at once. */
async function tellAnyhow(events: HistoryEvent[], place: Place, dice: number[]): Promise<void> {
  const doubled = [...events, ...events.filter((_, index) => (dice[index] ?? 0) % 3 === 0)];
  const shuffled = doubled
    .map((event, index) => ({ event, order: dice[(index * 7 + 3) % dice.length] ?? 0 }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ event }) => event);
  const changes = changesOf(shuffled, place);
  const deliveries: Change[][] = [];
  for (let cut = 0; changes.length > 0; cut += 1)
    deliveries.push(changes.splice(0, 1 + ((dice[cut] ?? 0) % 6)));
  await Promise.all(deliveries.map((part) => deliver(switchboard.url, envelope(part))));
  await settle();
}

test(
  'a history ends alike in whatever order, cut and repetition it arrives',
  async () => {
    const dice = fc.array(fc.nat({ max: 100_000 }), { minLength: EVENTS * 2, maxLength: EVENTS * 2 });
    const [inOrder, anyhow, twice] = [
      await openOrganization(),
      await openOrganization(),
      await openOrganization(),
    ];
    let told = 0;
    await fc.assert(
      fc.asyncProperty(histories(EVENTS), dice, dice, async (steps, one, two) => {
        const events = tell(steps);
        await Promise.all([tellAnyhow(events, anyhow, one), tellAnyhow(events, twice, two)]);
        await tellInOrder(events, inOrder);
        const expected = await remains(switchboard.database, inOrder);
        expect(await remains(switchboard.database, anyhow)).toEqual(expected);
        expect(await remains(switchboard.database, twice)).toEqual(expected);
        expect(expected['parked']).toEqual([]);
        expect(await countRows(switchboard.database, 'app.webhook_items', `state = 'quarantined'`)).toBe(0);
        told += events.length;
        for (const place of [inOrder, anyhow, twice]) await forget(place);
      }),
      { numRuns: RUNS, endOnFailure: true, ...(SEED === undefined ? {} : { seed: SEED }) },
    );
    printFigure(`Events told in order and out of it: ${String(told)}`);
  },
  60_000 + RUNS * 30_000,
);

/** The next history begins with nobody known. */
async function forget({ organizationId }: Place): Promise<void> {
  for (const table of [
    'customers',
    'contacts',
    'message_keys',
    'conversations',
    'consent_events',
    'parked_changes',
    'parked_statuses',
  ])
    await queryAsAdmin(switchboard.database, `DELETE FROM ${table} WHERE organization_id = $1`, [
      organizationId,
    ]);
}

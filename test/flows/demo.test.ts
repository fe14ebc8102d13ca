/** The demo: what a newcomer sees first must route as it says. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEMO_ACCOUNT, DEMO_CUSTOMERS, DEMO_WAITING } from '../../src/demo/demo-content.ts';
import { makeDemo } from '../../src/demo/make-demo.ts';
import type { TriagePage } from '../../src/modules/conversations/contract-triage.ts';
import type { Route } from '../../src/modules/routing/contract.ts';
import type { WabaStatus } from '../../src/modules/waba/contract.ts';
import { request } from '../harness/api.ts';
import { inboxOf, type Inbox } from '../harness/inbox.ts';
import { signIn } from '../harness/people.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

const PASSWORD = 'a password for the demo';
const people = ['owner', 'agent1', 'agent2', 'agent3'] as const;
type Name = (typeof people)[number];

let switchboard: TestSwitchboard;
const inboxes = new Map<Name, Inbox>();
const tokens = new Map<Name, string>();

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  await makeDemo(switchboard, { password: PASSWORD, print: () => undefined });
  for (const name of people) {
    const { access_token: token } = await signIn(switchboard.url, `${name}@demo.test`, PASSWORD);
    tokens.set(name, token);
    inboxes.set(name, inboxOf(switchboard.url, token));
  }
});
afterAll(() => switchboard.stop());

function write(number: string, from: string, text: string): Promise<void> {
  switchboard.simulator.control.inbound({ phone_number_id: number, from, name: `Writer ${from}`, text });
  return switchboard.settle();
}

/** Who of the demo's people sees a conversation with this phone. */
async function readersOf(phone: string): Promise<Name[]> {
  const readers: Name[] = [];
  for (const [name, inbox] of inboxes)
    if ((await inbox.conversations()).some(({ customer }) => customer.phone === phone)) readers.push(name);
  return readers;
}

test('everybody sees the account with the dedicated number first and the central one second', async () => {
  for (const name of people) {
    const status = await request<WabaStatus>(`${switchboard.url}/api/waba/status`, {
      token: tokens.get(name) ?? '',
    });
    expect(status.body).toMatchObject({
      connected: true,
      accounts: [
        {
          phone_numbers: [
            { phone_number_id: DEMO_ACCOUNT.dedicated.id, mode: 'dedicated' },
            { phone_number_id: DEMO_ACCOUNT.central.id, mode: 'central' },
          ],
        },
      ],
    });
  }
});

test('a stranger who writes to the dedicated number lands with the first agent', async () => {
  await write(DEMO_ACCOUNT.dedicated.id, '16505550177', 'Hello, is anybody there?');
  expect(await readersOf('16505550177')).toEqual(['owner', 'agent1']);
});

test('a renter who writes to the central number lands with the landlord, whose answer is signed', async () => {
  const renter = DEMO_CUSTOMERS.find((customer) => customer.agent === 3);
  if (!renter) throw new Error('The third agent has a renter.');
  await write(DEMO_ACCOUNT.central.id, renter.phone, 'The light in the hall is broken.');
  expect(await readersOf(renter.phone)).toEqual(['owner', 'agent3']);

  const inbox = inboxes.get('agent3');
  const conversation = await inbox?.with(renter.phone);
  const sent = await inbox?.send(conversation?.id ?? '', 'I will have it repaired.');
  expect(sent?.body).toMatchObject({ signature: 'From Ines Duarte via Switchboard:' });
});

test('somebody waits in triage with what they wrote, and is asked whom they mean when they write again', async () => {
  const { body } = await request<TriagePage>(`${switchboard.url}/api/v1/triage`, {
    token: tokens.get('owner') ?? '',
  });
  expect(body.data).toMatchObject([
    {
      reason: 'several_landlords',
      from: { name: DEMO_WAITING.name, phone: DEMO_WAITING.phone },
      messages: DEMO_WAITING.lines.map(({ text }) => ({ text, direction: 'inbound' })),
    },
  ]);
  expect(switchboard.simulator.control.chat(DEMO_ACCOUNT.central.id, DEMO_WAITING.phone)).toHaveLength(2);
  await write(DEMO_ACCOUNT.central.id, DEMO_WAITING.phone, 'Hello?');
  expect(switchboard.simulator.control.chat(DEMO_ACCOUNT.central.id, DEMO_WAITING.phone)).toMatchObject([
    {},
    {},
    {},
    { direction: 'outbound', type: 'interactive' },
  ]);
});

test('says of every message of its past why it is where it is', async () => {
  const owner = inboxes.get('owner');
  const rules = new Map<string, Set<string>>();
  for (const { id, number } of (await owner?.conversations()) ?? []) {
    const token = tokens.get('owner') ?? '';
    for (const message of (await owner?.thread(id)) ?? []) {
      if (message.direction === 'outbound') continue;
      const route = await request<Route>(`${switchboard.url}/api/v1/messages/${String(message.id)}/route`, {
        token,
      });
      expect(route.status).toBe(200);
      rules.set(number.mode, (rules.get(number.mode) ?? new Set()).add(route.body.rule));
    }
  }
  expect(rules.get('dedicated')).toEqual(new Set(['number', 'conversation']));
  expect(rules.get('central')).toEqual(new Set(['lease', 'conversation']));
});

test('making the demo again changes nothing', async () => {
  await switchboard.settle();
  const before = await inboxes.get('owner')?.conversations();
  await makeDemo(switchboard, { password: PASSWORD, print: () => undefined });
  expect(await inboxes.get('owner')?.conversations()).toEqual(before);
});

/** Many people on one account, one person on many; what disconnecting leaves to the others; a number that changes hands. */
import { expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { Disconnected, WabaStatus } from '../../src/modules/waba/contract.ts';
import { countRows } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import {
  connectByConsent,
  consentTo,
  continueConnection,
  finishConsent,
  goOn,
  startConsent,
} from '../harness/consent.ts';
import { hire } from '../harness/people.ts';
import { switchboard } from '../harness/with-switchboard.ts';

const declare = () => switchboard.simulator.control.declareAccount({ subscribed: false });
const grants = (wabaId: string) => countRows(switchboard.database, 'waba_accounts', `waba_id = '${wabaId}'`);
const accountsOf = async (person: SessionAnswer) =>
  (await request<WabaStatus>(`${switchboard.url}/api/waba/status`, { token: person.access_token })).body
    .accounts;
const disconnect = (person: SessionAnswer, wabaId: string) =>
  request<Disconnected>(`${switchboard.url}/api/waba/${wabaId}`, {
    token: person.access_token,
    method: 'DELETE',
  });
const connect = (person: SessionAnswer, wabaId: string) =>
  connectByConsent(switchboard, person.access_token, [wabaId]);
const subscribers = (wabaId: string) =>
  switchboard.simulator.control.accounts().find((one) => one.waba_id === wabaId)?.subscribed_apps;

test('two connect one account and one of them again: two grants; another organization is refused and learns nothing', async () => {
  const first = await registerOwner(switchboard.url, 'Alma Reyes');
  const second = await hire(switchboard, first);
  const stranger = await registerOwner(switchboard.url);
  const { waba_id: wabaId } = declare();
  for (const person of [first, second, first]) expect((await connect(person, wabaId)).status).toBe('done');
  expect(await grants(wabaId)).toBe(2);
  expect(await accountsOf(first)).toMatchObject([{ waba_id: wabaId, connected: true }]);
  expect(await accountsOf(second)).toMatchObject([{ waba_id: wabaId, connected: true }]);

  const refused = await connect(stranger, wabaId);
  expect(refused).toMatchObject({
    status: 'failed',
    error: { code: 'waba.number_taken', can_continue: true },
  });
  expect(JSON.stringify(refused)).not.toMatch(new RegExp(`${first.organization.name}|Alma`));
  expect(await accountsOf(stranger)).toEqual([]);
  expect(await grants(wabaId)).toBe(2);
});

test('a person may use many accounts', async () => {
  const person = await registerOwner(switchboard.url);
  const accounts = [declare(), declare()];
  for (const { waba_id: wabaId } of accounts) await connect(person, wabaId);
  expect((await accountsOf(person)).map((one) => one.waba_id)).toEqual(accounts.map((one) => one.waba_id));
});

test('whoever disconnects leaves the others working; with the last one the number is free and its history stays', async () => {
  const first = await registerOwner(switchboard.url);
  const second = await hire(switchboard, first);
  const other = await registerOwner(switchboard.url);
  const { waba_id: wabaId, phone_number_id: phoneNumberId } = declare();
  await connect(first, wabaId);
  await connect(second, wabaId);
  const write = async (from: string) => {
    switchboard.simulator.control.inbound({ phone_number_id: phoneNumberId, from, text: 'Hello' });
    await switchboard.settle();
  };
  const conversations = (organizationId: string) =>
    countRows(switchboard.database, 'conversations', `organization_id = '${organizationId}'`);
  await write('4915155500001');
  expect(await conversations(first.organization.id)).toBe(1);

  const gone = await disconnect(first, wabaId);
  expect(gone).toMatchObject({
    status: 200,
    body: { grants_left: 1, numbers_released: 0, unsubscribed: false },
  });
  expect(await accountsOf(first)).toEqual([]);
  expect(await accountsOf(second)).toMatchObject([{ connected: true }]);
  await write('4915155500002');
  expect(await conversations(first.organization.id)).toBe(2);

  expect((await connect(other, wabaId)).error?.code).toBe('waba.number_taken');
  const last = await disconnect(second, wabaId);
  expect(last.body).toMatchObject({ grants_left: 0, numbers_released: 1, unsubscribed: true });
  expect(subscribers(wabaId)).toEqual([]);
  expect(await conversations(first.organization.id)).toBe(2);

  expect((await connect(other, wabaId)).status).toBe('done');
  await write('4915155500003');
  expect(await conversations(other.organization.id)).toBe(1);
  expect(await conversations(first.organization.id)).toBe(2);
  // And back again, once the other one has given it up.
  await disconnect(other, wabaId);
  expect((await connect(first, wabaId)).status).toBe('done');
  await write('4915155500001');
  expect(await conversations(first.organization.id)).toBe(2);
});

test('an account that a colleague connects while the last one disconnects is subscribed afterwards', async () => {
  const leaving = await registerOwner(switchboard.url);
  const coming = await hire(switchboard, leaving);
  const { waba_id: wabaId } = declare();
  await connect(leaving, wabaId);
  switchboard.simulator.control.setFaults({
    calls: [{ call: 'DELETE account/subscribed_apps', kind: 'delay', delay_ms: 2_000 }],
  });
  const left = disconnect(leaving, wabaId);
  await expect.poll(() => grants(wabaId)).toBe(0);
  expect((await connect(coming, wabaId)).status).toBe('done');
  expect((await left).body).toMatchObject({ grants_left: 0, unsubscribed: false });
  switchboard.simulator.control.setFaults(null);
  expect(subscribers(wabaId)).toHaveLength(1);
  expect(await accountsOf(coming)).toMatchObject([{ waba_id: wabaId, connected: true }]);
});

test('who was refused can go on once the number is free', async () => {
  const holder = await registerOwner(switchboard.url);
  const next = await registerOwner(switchboard.url);
  const { waba_id: wabaId } = declare();
  await connect(holder, wabaId);
  const refused = await connect(next, wabaId);
  await disconnect(holder, wabaId);
  const resumed = await continueConnection(switchboard, next.access_token, refused.id);
  expect((await goOn(switchboard, next.access_token, resumed.body)).status).toBe('done');
});

test('an account that Meta has closed can be disconnected all the same', async () => {
  const person = await registerOwner(switchboard.url);
  const { waba_id: wabaId } = declare();
  await connect(person, wabaId);
  switchboard.simulator.control.revokeTokens({ waba_id: wabaId });
  expect((await disconnect(person, wabaId)).body).toMatchObject({ grants_left: 0, unsubscribed: false });
  expect((await disconnect(person, wabaId)).status).toBe(404);
});

test('nobody disconnects what another person or organization connected', async () => {
  const holder = await registerOwner(switchboard.url);
  const { waba_id: wabaId } = declare();
  await connect(holder, wabaId);
  for (const person of [await hire(switchboard, holder), await registerOwner(switchboard.url)])
    expect((await disconnect(person, wabaId)).status).toBe(404);
  expect(await accountsOf(holder)).toMatchObject([{ connected: true }]);
});

test('two organizations that claim one number at the same moment: one has it', async () => {
  const rivals = [await registerOwner(switchboard.url), await registerOwner(switchboard.url)];
  const { waba_id: wabaId } = declare();
  const begun = await Promise.all(
    rivals.map(async (rival) => {
      const back = await consentTo(await startConsent(switchboard, rival.access_token), [wabaId]);
      return (await finishConsent(switchboard, rival.access_token, Object.fromEntries(back))).body;
    }),
  );
  const ends = await Promise.all(
    rivals.map((rival, index) => {
      const one = begun[index];
      if (!one) throw new Error('Both began.');
      return goOn(switchboard, rival.access_token, one);
    }),
  );
  expect(ends.map((end) => end.status).toSorted()).toEqual(['done', 'failed']);
});

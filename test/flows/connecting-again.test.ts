/** Going on where connecting stopped: after every failure that Meta can have, after a crash, in two tabs at once. */
import { beforeEach, expect, test } from 'vitest';
import type { CallFault } from '../../simulator/state/state.ts';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { Connection, WabaStatus } from '../../src/modules/waba/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { consentTo, continueConnection, finishConsent, goOn, startConsent } from '../harness/consent.ts';
import { switchboard } from '../harness/with-switchboard.ts';

let owner: SessionAnswer;
beforeEach(async () => {
  switchboard.simulator.control.setFaults(null);
  owner = await registerOwner(switchboard.url);
});

/** A consent to a fresh account, brought back to the server; the code is exchanged then. */
async function begin(faults: CallFault[] = []): Promise<{ wabaId: string; begun: Connection }> {
  const { control } = switchboard.simulator;
  const { waba_id: wabaId } = control.declareAccount({ subscribed: false, registered: false });
  const start = await startConsent(switchboard, owner.access_token);
  const back = await consentTo(start, [wabaId]);
  control.setFaults({ calls: faults });
  const begun = await finishConsent(switchboard, owner.access_token, Object.fromEntries(back));
  return { wabaId, begun: begun.body };
}

const connectedAccounts = async () =>
  (
    await request<WabaStatus>(`${switchboard.url}/api/waba/status`, { token: owner.access_token })
  ).body.accounts.filter((account) => account.connected);

/** The calls that connecting makes after the exchange, with the step that makes them. */
const CALLS = [
  ['GET debug_token', 'inspect'],
  ['POST oauth/access_token', 'extend'],
  ['GET account', 'account'],
  ['GET account/phone_numbers', 'account'],
  ['POST account/subscribed_apps', 'subscribe'],
  ['POST number/register', 'register'],
] as const;
const FAILURES = [
  { kind: 'http', http_status: 503, body: {} },
  { kind: 'html' },
  { kind: 'drop_before' },
  { kind: 'drop' },
  { kind: 'graph_error', code: 2 },
] as const;

test.each(CALLS.flatMap(([call, step]) => FAILURES.map((failure) => ({ call, step, failure }))))(
  'when $call fails with $failure.kind, it stops at $step and goes on from there',
  async ({ call, step, failure }) => {
    const { begun } = await begin();
    switchboard.simulator.control.setFaults({ calls: [{ ...failure, call }] });
    const stopped = await goOn(switchboard, owner.access_token, begun);
    expect(stopped).toMatchObject({ status: 'failed', step, error: { can_continue: true } });
    const next = await continueConnection(switchboard, owner.access_token, begun.id);
    const done = await goOn(switchboard, owner.access_token, next.body);
    expect(done).toMatchObject({ status: 'done', numbers: [{ outcome: 'registered' }], error: null });
    expect(await connectedAccounts()).toHaveLength(1);
  },
);

test.each(FAILURES)(
  'when the exchange of the code fails with $kind, it is never tried again, and beginning anew is offered',
  async (failure) => {
    const { begun } = await begin([{ ...failure, call: 'POST oauth/access_token' }]);
    expect(begun).toMatchObject({ status: 'failed', step: 'exchange', error: { can_continue: false } });
    const again = await continueConnection(switchboard, owner.access_token, begun.id);
    expect(again.body).toEqual(begun);
    expect(await connectedAccounts()).toEqual([]);
  },
);

test('until the app is subscribed the account does not count as connected', async () => {
  const { begun } = await begin();
  switchboard.simulator.control.setFaults({
    calls: [{ call: 'POST account/subscribed_apps', kind: 'graph_error', code: 100 }],
  });
  const stopped = await goOn(switchboard, owner.access_token, begun);
  expect(stopped).toMatchObject({ status: 'failed', step: 'subscribe' });
  expect(await connectedAccounts()).toEqual([]);
});

test('a step that a crash interrupted is done again once its lease is over, and by nobody before', async () => {
  const { begun } = await begin();
  const step = await continueConnection(switchboard, owner.access_token, begun.id);
  // What a process leaves behind that dies in the middle of a step.
  await queryAsAdmin(
    switchboard.database,
    `UPDATE connection_attempts SET lease = gen_random_uuid(), leased_until = now() + interval '1 minute' WHERE id = $1`,
    [begun.id],
  );
  const waiting = await continueConnection(switchboard, owner.access_token, begun.id);
  expect(waiting.body).toMatchObject({ busy: true, step: step.body.step, status: 'running' });
  await queryAsAdmin(
    switchboard.database,
    `UPDATE connection_attempts SET leased_until = now() - interval '1 second' WHERE id = $1`,
    [begun.id],
  );
  const done = await goOn(switchboard, owner.access_token, step.body);
  expect(done.status).toBe('done');
});

test('a crash during the exchange is told as what it is', async () => {
  const { begun } = await begin();
  await queryAsAdmin(
    switchboard.database,
    `UPDATE connection_attempts SET step = 'exchange', access_token = NULL WHERE id = $1`,
    [begun.id],
  );
  const told = await continueConnection(switchboard, owner.access_token, begun.id);
  expect(told.body).toMatchObject({
    status: 'failed',
    error: { code: 'waba.code_lost', can_continue: false },
  });
});

test('two tabs that go on at once do each step once', async () => {
  const { begun } = await begin();
  const tab = async (): Promise<Connection> => {
    let connection = begun;
    while (connection.status === 'running')
      connection = (await continueConnection(switchboard, owner.access_token, begun.id)).body;
    return connection;
  };
  const [first, second] = await Promise.all([tab(), tab()]);
  expect(first.status).toBe('done');
  expect(second.status).toBe('done');
  expect(
    await countRows(
      switchboard.database,
      'audit_events',
      `organization_id = '${owner.organization.id}' AND action IN ('account.connected', 'number.registered')`,
    ),
  ).toBe(2);
});

test('an attempt that was ended is not gone on with, and its token is forgotten', async () => {
  const { begun } = await begin();
  const ended = await request(`${switchboard.url}/api/waba/connections/${begun.id}`, {
    token: owner.access_token,
    method: 'DELETE',
  });
  expect(ended.status).toBe(204);
  const after = await continueConnection(switchboard, owner.access_token, begun.id);
  expect(after.body.status).toBe('cancelled');
  expect(
    await countRows(
      switchboard.database,
      'connection_attempts',
      `id = '${begun.id}' AND access_token IS NULL`,
    ),
  ).toBe(1);
});

test('what nobody went on with for a day is forgotten', async () => {
  const { begun } = await begin();
  await queryAsAdmin(
    switchboard.database,
    `UPDATE connection_attempts SET expires_at = now() - interval '1 minute' WHERE id = $1`,
    [begun.id],
  );
  await queryAsAdmin(switchboard.database, 'SELECT app.forget_connection_attempts()');
  const after = await continueConnection(switchboard, owner.access_token, begun.id);
  expect(after.body).toMatchObject({ status: 'cancelled' });
});

test('a token that one has goes the same way, and a program learns what stopped it', async () => {
  const { control } = switchboard.simulator;
  const account = control.declareAccount({ subscribed: false });
  control.setFaults({ calls: [{ call: 'POST account/subscribed_apps', kind: 'http', http_status: 503 }] });
  const body = { access_token: account.access_token, waba_id: account.waba_id };
  const failed = await request<{ connection_id: string }>(`${switchboard.url}/api/waba/connect`, {
    token: owner.access_token,
    body,
  });
  expect(failed).toMatchObject({ status: 502, body: { code: 'waba.graph_error' } });
  const again = await request(`${switchboard.url}/api/waba/connect`, { token: owner.access_token, body });
  expect(again).toMatchObject({ status: 200, body: { waba_id: account.waba_id, connected: true } });
  // The attempt before was given up with it.
  const list = await request<{ data: Connection[] }>(`${switchboard.url}/api/waba/connections`, {
    token: owner.access_token,
  });
  expect(list.body.data.map((one) => one.status).toSorted()).toEqual(['cancelled', 'done']);
});

test('the callback override is set after the app is subscribed, and a wrong address can be corrected', async () => {
  const { begun, wabaId } = await begin();
  const configure = (address: string) =>
    queryAsAdmin(
      switchboard.database,
      `INSERT INTO tenant_configs (tenant_id, callback_url) VALUES ($1, $2)
       ON CONFLICT (tenant_id) WHERE deleted_at IS NULL DO UPDATE SET callback_url = excluded.callback_url`,
      [owner.organization.id, address],
    );
  await configure(`${switchboard.url}/nothing/here`);
  await expect
    .poll(async () => (await switchboard.app.configurations.get(owner.organization.id)).rows.length)
    .toBe(1);
  const stopped = await goOn(switchboard, owner.access_token, begun);
  expect(stopped).toMatchObject({
    status: 'failed',
    step: 'callback',
    error: { code: 'waba.callback_refused', can_continue: true },
  });
  await configure(`${switchboard.url}/webhooks/whatsapp`);
  switchboard.app.configurations.forget(owner.organization.id);
  const next = await continueConnection(switchboard, owner.access_token, begun.id);
  expect((await goOn(switchboard, owner.access_token, next.body)).status).toBe('done');
  const { data } = await subscriptionsOf(wabaId);
  expect(data).toMatchObject([{ override_callback_uri: `${switchboard.url}/webhooks/whatsapp` }]);
});

/** What Meta says of who hears of an account. */
async function subscriptionsOf(wabaId: string): Promise<{ data: object[] }> {
  const token = switchboard.simulator.control.issueToken({ waba_ids: [wabaId] }).access_token;
  const answer = await request<{ data: object[] }>(
    `${switchboard.url}/simulator/graph/v25.0/${wabaId}/subscribed_apps`,
    { token },
  );
  return answer.body;
}

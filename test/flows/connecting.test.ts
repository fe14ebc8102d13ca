/** Connecting by consent: what it leads to, and what nobody gets by a state, a code, an account or a token that is not theirs (T29). */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { Connection, ConnectionPage, WabaStatus } from '../../src/modules/waba/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import {
  connectByConsent,
  continueConnection,
  consentTo,
  finishConsent,
  goOn,
  startConsent,
} from '../harness/consent.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire, signIn } from '../harness/people.ts';
import { switchboard } from '../harness/with-switchboard.ts';

let owner: SessionAnswer;
beforeEach(async () => {
  switchboard.simulator.control.setFaults(null);
  owner = await registerOwner(switchboard.url);
});

const declare = (input: object = {}) =>
  switchboard.simulator.control.declareAccount({ subscribed: false, ...input });
const status = async (person: SessionAnswer) =>
  (await request<WabaStatus>(`${switchboard.url}/api/waba/status`, { token: person.access_token })).body;
const tokensStored = async (person: SessionAnswer) =>
  (await countRows(
    switchboard.database,
    'waba_accounts',
    `organization_id = '${person.organization.id}' AND access_token IS NOT NULL`,
  )) +
  (await countRows(
    switchboard.database,
    'connection_attempts',
    `organization_id = '${person.organization.id}' AND access_token IS NOT NULL`,
  ));

test('a consent leads to a connected account, a registered number, and a subscription', async () => {
  const account = declare({ name: 'Harbour Bikes', registered: false });
  const done = await connectByConsent(switchboard, owner.access_token, [account.waba_id]);
  expect(done).toMatchObject({
    status: 'done',
    waba_id: account.waba_id,
    name: 'Harbour Bikes',
    numbers: [{ phone_number_id: account.phone_number_id, outcome: 'registered' }],
    error: null,
  });
  const { connected, accounts } = await status(owner);
  expect(connected).toBe(true);
  expect(accounts[0]).toMatchObject({ connected: true, phone_numbers: [{ status: 'CONNECTED' }] });
  // A user's token was made to last: about 60 days.
  const days = (Date.parse(accounts[0]?.token_expires_at ?? '') - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(59);
  expect(await tokensStored(owner)).toBe(1);
  const subscribed = switchboard.simulator.control
    .accounts()
    .find((one) => one.waba_id === account.waba_id)?.subscribed_apps;
  expect(subscribed).toHaveLength(1);
});

test('no token, code or state stands anywhere in the database or the log in plain text', async () => {
  const account = declare();
  const start = await startConsent(switchboard, owner.access_token);
  const back = await consentTo(start, [account.waba_id]);
  await goOn(
    switchboard,
    owner.access_token,
    (await finishConsent(switchboard, owner.access_token, Object.fromEntries(back))).body,
  );
  const rows = await queryAsAdmin<{ text: string }>(
    switchboard.database,
    `SELECT (SELECT jsonb_agg(a)::text FROM connection_attempts a) || (SELECT jsonb_agg(w)::text FROM waba_accounts w) AS text`,
  );
  const everything = rows.map((row) => row.text).join('') + switchboard.logLines.join('');
  expect(everything).toContain('enc_v1:');
  for (const secret of [start.state, back.get('code') ?? '']) expect(everything).not.toContain(secret);
  expect(everything).not.toMatch(/EAA[A-Za-z0-9]{18,}/);
});

test('a consent to several accounts asks which one is meant, and takes no other', async () => {
  const first = declare({ name: 'First' });
  const second = declare({ name: 'Second' });
  const foreign = declare({ name: 'Not shared' });
  const choosing = await connectByConsent(switchboard, owner.access_token, [first.waba_id, second.waba_id]);
  expect(choosing.status).toBe('choosing');
  expect(choosing.choices.map((choice) => choice.name).toSorted()).toEqual(['First', 'Second']);
  const choose = (wabaId: string) =>
    request<Connection>(`${switchboard.url}/api/waba/connections/${choosing.id}/choose`, {
      token: owner.access_token,
      body: { waba_id: wabaId },
    });
  expect((await choose(foreign.waba_id)).status).toBe(409);
  const chosen = await choose(second.waba_id);
  const done = await goOn(switchboard, owner.access_token, chosen.body);
  expect(done).toMatchObject({ status: 'done', waba_id: second.waba_id });
});

test('saying no in the dialog is told kindly, and the state is used up', async () => {
  const start = await startConsent(switchboard, owner.access_token);
  const back = Object.fromEntries(await consentTo(start, []));
  const { error = '', state = '' } = back;
  const answer = await finishConsent(switchboard, owner.access_token, { error, state });
  expect(answer.body).toMatchObject({ status: 'cancelled', error: { code: 'waba.declined' } });
  expect((await finishConsent(switchboard, owner.access_token, { error, state })).status).toBe(400);
});

test('T29: a state that was used, is too old, is nobody’s or somebody else’s is refused, and no token is stored', async () => {
  const account = declare();
  const fresh = async () => {
    const start = await startConsent(switchboard, owner.access_token);
    return Object.fromEntries(await consentTo(start, [account.waba_id]));
  };
  const refused = async (token: string, brought: Record<string, string>) => {
    const answer = await finishConsent(switchboard, token, brought);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: expect.stringMatching(/^(waba\.state_invalid|platform\.)/) as string,
    });
  };
  // Nobody's, none at all.
  await refused(owner.access_token, { ...(await fresh()), state: 'made-up' });
  const { code = '' } = await fresh();
  await refused(owner.access_token, { code });
  // A colleague's, a stranger's, and one's own from another session.
  const colleague = await hire(switchboard, owner);
  const stranger = await registerOwner(switchboard.url);
  const elsewhere = await signIn(switchboard.url, owner.user.email, 'a long enough password');
  for (const person of [colleague, stranger, elsewhere]) await refused(person.access_token, await fresh());
  // Too old.
  const late = await fresh();
  await queryAsAdmin(
    switchboard.database,
    `UPDATE connection_attempts SET state_expires_at = now() - interval '1 second'`,
  );
  await refused(owner.access_token, late);
  for (const person of [owner, stranger]) expect(await tokensStored(person)).toBe(0);
});

test('T29: a code works once, and what it was worth is not asked for again', async () => {
  const account = declare();
  const start = await startConsent(switchboard, owner.access_token);
  const back = Object.fromEntries(await consentTo(start, [account.waba_id]));
  await finishConsent(switchboard, owner.access_token, back);
  const again = await startConsent(switchboard, owner.access_token);
  const second = await finishConsent(switchboard, owner.access_token, { ...back, state: again.state });
  expect(second.body).toMatchObject({
    status: 'failed',
    error: { code: 'waba.code_refused', can_continue: false },
  });
  const anew = await request(`${switchboard.url}/api/waba/connect`, {
    token: owner.access_token,
    body: { code: back['code'], waba_id: account.waba_id },
  });
  expect(anew.status).toBe(422);
});

test('T29: an account that the consent does not cover is refused, whoever claims it', async () => {
  const shared = declare();
  const foreign = declare();
  const start = await startConsent(switchboard, owner.access_token);
  const back = Object.fromEntries(await consentTo(start, [shared.waba_id]));
  const begun = await finishConsent(switchboard, owner.access_token, { ...back, waba_id: foreign.waba_id });
  const failed = await goOn(switchboard, owner.access_token, begun.body);
  expect(failed).toMatchObject({
    status: 'failed',
    error: { code: 'waba.account_not_granted', can_continue: false },
  });
  const claimed = await request(`${switchboard.url}/api/waba/connect`, {
    token: owner.access_token,
    body: { access_token: shared.access_token, waba_id: foreign.waba_id },
  });
  expect(claimed).toMatchObject({ status: 422, body: { code: 'waba.account_not_granted' } });
  expect(await tokensStored(owner)).toBe(0);
});

test('T29: a number of another account is refused', async () => {
  const shared = declare();
  const foreign = declare();
  const start = await startConsent(switchboard, owner.access_token);
  const back = Object.fromEntries(await consentTo(start, [shared.waba_id]));
  const claims = { waba_id: shared.waba_id, phone_number_id: foreign.phone_number_id };
  const begun = await finishConsent(switchboard, owner.access_token, { ...back, ...claims });
  const failed = await goOn(switchboard, owner.access_token, begun.body);
  expect(failed.error?.code).toBe('waba.number_not_in_account');
  expect(await tokensStored(owner)).toBe(0);
});

test('T29: a token of another app, without the permissions, or that has ended is refused', async () => {
  const { control } = switchboard.simulator;
  const account = declare();
  control.declareApp({
    app_id: '100000000000077',
    app_secret: 'the secret of another app',
    verify_token: 'x',
    webhook_url: 'http://127.0.0.1:9/',
  });
  const waba_ids = [account.waba_id];
  const ended = control.issueToken({ waba_ids }).access_token;
  control.revokeTokens({ access_token: ended });
  const cases = [
    [control.issueToken({ waba_ids, app_id: '100000000000077' }).access_token, 'waba.foreign_token'],
    [control.issueToken({ waba_ids, scopes: ['public_profile'] }).access_token, 'waba.scope_missing'],
    [ended, 'waba.token_invalid'],
  ] as const;
  for (const [access_token, code] of cases) {
    const answer = await request(`${switchboard.url}/api/waba/connect`, {
      token: owner.access_token,
      body: { access_token, waba_id: account.waba_id },
    });
    expect(answer).toMatchObject({ status: 422, body: { code } });
  }
  expect(await tokensStored(owner)).toBe(0);
});

test('every call carries the proof that we hold the app’s secret, also the one that sends', async () => {
  const account = declare({ registered: false });
  const { control } = switchboard.simulator;
  control.setFaults({ require_proof: true });
  const done = await connectByConsent(switchboard, owner.access_token, [account.waba_id]);
  expect(done.status).toBe('done');
  const from = '4915155500042';
  control.inbound({ phone_number_id: account.phone_number_id, from, text: 'Hello' });
  await switchboard.settle();
  const inbox = inboxOf(switchboard.url, owner.access_token);
  const { id } = await inbox.with(from);
  await inbox.send(id, 'Good morning');
  await switchboard.settle();
  expect(control.messages({ phone_number_id: account.phone_number_id })).toHaveLength(1);
});

test.each(['before', 'after', 'never'] as const)('PARTNER_ADDED may come %s the browser', async (moment) => {
  const account = declare();
  switchboard.simulator.control.setFaults({ partner_added: moment });
  const start = await startConsent(switchboard, owner.access_token);
  const back = await consentTo(start, [account.waba_id]);
  await switchboard.simulator.idle();
  const begun = await finishConsent(switchboard, owner.access_token, Object.fromEntries(back));
  await switchboard.simulator.idle();
  const done = await goOn(switchboard, owner.access_token, begun.body);
  expect(done.status).toBe('done');
  expect((await status(owner)).accounts).toHaveLength(1);
  expect((await status(owner)).accounts[0]?.connected).toBe(true);
});

test('Embedded Signup exchanges its code without an address, and connects what it names', async () => {
  const account = declare({ on_biz_app: true });
  const start = await startConsent(switchboard, owner.access_token, 'embedded_signup');
  expect(start.sdk).toMatchObject({ config_id: 'simulated', message_origins: [switchboard.url] });
  const { code } = switchboard.simulator.control.issueCode({ waba_ids: [account.waba_id] });
  const begun = await finishConsent(switchboard, owner.access_token, {
    state: start.state,
    code,
    waba_id: account.waba_id,
    phone_number_id: account.phone_number_id,
  });
  const done = await goOn(switchboard, owner.access_token, begun.body);
  expect(done).toMatchObject({
    status: 'done',
    // A number of the WhatsApp Business app stays registered there.
    numbers: [{ outcome: 'whatsapp_business_app' }],
  });
  expect((await status(owner)).accounts[0]?.token_expires_at).toBeNull();
});

describe('a number of the WhatsApp Business app', () => {
  const PHONE = '4915155500321';

  /** An account whose app holds a chat from before. */
  function declareOnApp() {
    const { control } = switchboard.simulator;
    const account = declare({ on_biz_app: true });
    control.declareCustomer({ from: PHONE, name: 'Hilde Bauer' });
    const at = Date.now() - 3 * 86_400_000;
    control.importChat({
      phone_number_id: account.phone_number_id,
      customer: PHONE,
      messages: [
        { id: `wamid.${account.waba_id}a`, direction: 'inbound', text: 'From before', at, status: 'read' },
        { id: `wamid.${account.waba_id}b`, direction: 'outbound', text: 'Answered', at, status: 'read' },
      ],
    });
    return account;
  }
  const call = 'POST number/smb_app_data';

  test('sends its contacts and chats once, asked for while it is connected', async () => {
    const account = declareOnApp();
    const done = await connectByConsent(switchboard, owner.access_token, [account.waba_id]);
    expect(done.numbers).toMatchObject([{ outcome: 'whatsapp_business_app', sync: 'requested' }]);
    await switchboard.settle();
    const inbox = inboxOf(switchboard.url, owner.access_token);
    const conversation = await inbox.with(PHONE);
    expect(conversation).toMatchObject({ customer: { name: 'Hilde Bauer' }, unread_count: 0 });
    const texts = (await inbox.thread(conversation.id)).map(({ text }) => text);
    expect(texts.toSorted()).toEqual(['Answered', 'From before']);
    const again = await connectByConsent(switchboard, owner.access_token, [account.waba_id]);
    expect(again.numbers).toMatchObject([{ sync: 'requested' }]);
    await switchboard.settle();
    expect((await inbox.thread(conversation.id)).length).toBe(2);
  });

  test.each(['drop', 'drop_before'] as const)('is asked again when an answer was lost: %s', async (kind) => {
    const account = declareOnApp();
    const { control } = switchboard.simulator;
    control.setFaults({ calls: [{ call, kind }] });
    const stopped = await connectByConsent(switchboard, owner.access_token, [account.waba_id]);
    expect(stopped).toMatchObject({ status: 'failed', step: 'sync', error: { can_continue: true } });
    expect((await status(owner)).accounts[0]?.connected).toBe(true);
    const { body } = await continueConnection(switchboard, owner.access_token, stopped.id);
    const done = await goOn(switchboard, owner.access_token, body);
    expect(done).toMatchObject({ status: 'done', numbers: [{ sync: 'requested' }] });
  });

  test.each([
    [2593108, 'waba.app_data_too_late', /24 hours/],
    [131005, 'waba.app_data_refused', /New messages arrive/],
  ])('works without them when Meta refuses: %s', async (code, name, words) => {
    const account = declareOnApp();
    switchboard.simulator.control.setFaults({ calls: [{ call, kind: 'graph_error', code }] });
    const done = await connectByConsent(switchboard, owner.access_token, [account.waba_id]);
    const attention = {
      sync: 'needs_attention',
      code: name,
      message: expect.stringMatching(words) as string,
    };
    expect(done).toMatchObject({ status: 'done', numbers: [attention] });
  });
});

test('attempts are one’s own: a colleague and another organization find none of them', async () => {
  const account = declare();
  const done = await connectByConsent(switchboard, owner.access_token, [account.waba_id]);
  const list = (person: SessionAnswer) =>
    request<ConnectionPage>(`${switchboard.url}/api/waba/connections`, { token: person.access_token });
  expect((await list(owner)).body.data.map((one) => one.id)).toContain(done.id);
  for (const person of [await hire(switchboard, owner), await registerOwner(switchboard.url)]) {
    expect((await list(person)).body.data).toEqual([]);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/continue'],
      ['DELETE', ''],
    ] as const) {
      const answer = await request(`${switchboard.url}/api/waba/connections/${done.id}${path}`, {
        token: person.access_token,
        method,
        ...(method === 'POST' ? { body: {} } : {}),
      });
      expect(answer.status).toBe(404);
    }
  }
});

test('attempts come in pages, newest first', async () => {
  for (let i = 0; i < 3; i++) await startConsent(switchboard, owner.access_token);
  const page = async (query: string) =>
    (
      await request<ConnectionPage>(`${switchboard.url}/api/waba/connections${query}`, {
        token: owner.access_token,
      })
    ).body;
  const first = await page('?limit=2');
  const second = await page(`?limit=2&cursor=${first.next_cursor ?? ''}`);
  const all = await page('');
  expect([...first.data, ...second.data].map((one) => one.id)).toEqual(all.data.map((one) => one.id));
  expect(second).toMatchObject({ next_cursor: null });
  expect(second.data).toHaveLength(1);
});

/** The webhook address of an organization with a Meta app of its own: who is believed there, about what, and for how long. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import {
  deliver,
  envelope,
  messagesChange,
  newPhone,
  signatureOf,
  textChange,
  textMessage,
} from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
beforeAll(async () => {
  // The limit on guesses counts by address, so that each test may come from one of its own.
  switchboard = await startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1,::1' });
});
afterAll(() => switchboard.stop());

type Firm = {
  owner: SessionAnswer;
  id: string;
  number: ConnectedNumber;
  secret: string;
  verifyToken: string;
};

let north: Firm;
let south: Firm;

async function makeFirm(name: string): Promise<Firm> {
  const owner = await registerOwner(switchboard.url);
  const firm = {
    owner,
    id: owner.organization.id,
    number: await connectNumber(switchboard, owner.access_token),
    secret: `canary-app-secret-of-${name}-${owner.organization.id}`,
    verifyToken: `canary-verify-token-of-${name}-${owner.organization.id}`,
  };
  await change(firm, 'POST', '', { fb_app_secret: firm.secret, verify_token: firm.verifyToken });
  return firm;
}

async function change(firm: Firm, method: string, path = '', body?: unknown): Promise<void> {
  const answer = await request(`${switchboard.url}/api/v1/tenant/config${path}`, {
    method,
    token: firm.owner.access_token,
    ...(body === undefined ? {} : { body }),
  });
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${JSON.stringify(answer.body)}`);
}

beforeEach(async () => {
  north = await makeFirm('north');
  south = await makeFirm('south');
});

const writes = (firm: Firm, phone: string, text = 'Good morning') =>
  textChange(firm.number.phoneNumberId, { from: { phone }, text });

/** Delivered at an organization's own address, signed with a secret. */
function send(firm: Firm, body: Record<string, unknown>, secret = firm.secret) {
  const text = JSON.stringify(body);
  return deliver(switchboard.url, text, { tenantId: firm.id, signature: signatureOf(text, secret) });
}

async function inboxPhones(firm: Firm): Promise<(string | null)[]> {
  const page = await inboxOf(switchboard.url, firm.owner.access_token).conversations();
  return page.map(({ customer }) => customer.phone);
}

const stored = () => countRows(switchboard.database, 'app.webhook_deliveries');

describe('the handshake', () => {
  function shakeHands(tenantId: string, token: string, from = '192.0.2.1', challenge = '1158201444') {
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': challenge };
    return request<string>(
      `${switchboard.url}/webhooks/whatsapp/${tenantId}?${new URLSearchParams(query).toString()}`,
      { headers: { 'x-forwarded-for': from } },
    );
  }

  test('is answered with the bare challenge, as text that no browser takes for a page', async () => {
    const page = '<script>alert(1)</script>';
    const answer = await shakeHands(north.id, north.verifyToken, '192.0.2.1', page);
    expect(answer).toMatchObject({ status: 200, body: page });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('is refused alike with another’s token, the install’s, and for nobody', async () => {
    const answers = await Promise.all([
      shakeHands(north.id, south.verifyToken),
      shakeHands(north.id, 'a verify token for tests'),
      shakeHands(north.id, ''),
      shakeHands('org_nobody', north.verifyToken),
      shakeHands('install', 'a verify token for tests'),
    ]);
    const told = answers.map(({ status, body }) => ({
      status,
      ...(body as unknown as object),
      request_id: null,
    }));
    expect(told[0]).toMatchObject({ status: 403, code: 'inbound.handshake_refused' });
    for (const one of told) expect(one).toEqual(told[0]);
  });

  test('T14: a hundred wrong tokens have to wait, and Meta with the right one does not', async () => {
    const from = '192.0.2.99';
    const guesses: Awaited<ReturnType<typeof shakeHands>>[] = [];
    // One after the other: of those that are counted in the same moment each is told the count of all.
    for (let n = 0; n < 100; n++) guesses.push(await shakeHands(north.id, `guess number ${String(n)}`, from));
    const counted = Object.groupBy(guesses, ({ status }) => status);
    expect(Object.entries(counted).map(([status, all]) => [status, all?.length])).toEqual([
      ['403', 30],
      ['429', 70],
    ]);
    expect(guesses.find(({ status }) => status === 429)?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await shakeHands(north.id, north.verifyToken, from)).status).toBe(200);
  });
});

describe('T11: a forged delivery', () => {
  test.each<[string, (body: string, secret: string) => string | null]>([
    ['no signature', () => null],
    ['an empty one', () => ''],
    [
      'one that was sent twice',
      (body, secret) => `${signatureOf(body, secret)}, ${signatureOf(body, secret)}`,
    ],
    [
      'upper-case digits',
      (body, secret) => signatureOf(body, secret).toUpperCase().replace('SHA256', 'sha256'),
    ],
    ['SHA-1', (body, secret) => `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`],
    ['a digit too few', (body, secret) => signatureOf(body, secret).slice(0, -1)],
    ['a digit too many', (body, secret) => `${signatureOf(body, secret)}0`],
    [
      'a bit flipped',
      (body, secret) => signatureOf(body, secret).replace(/.$/, (c) => (c === '0' ? '1' : '0')),
    ],
    ['the install’s secret', (body) => signatureOf(body)],
    [
      'its JSON written anew',
      (body, secret) => signatureOf(JSON.stringify(JSON.parse(body), null, 1), secret),
    ],
  ])('with %s is refused and leaves no row', async (_what, signature) => {
    const body = JSON.stringify(envelope([writes(north, newPhone())]));
    const before = await stored();
    const answer = await deliver(switchboard.url, body, {
      tenantId: north.id,
      signature: signature(body, north.secret),
    });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'inbound.bad_signature' });
    expect(await stored()).toBe(before);
  });

  test('with another organization’s secret, or for nobody, is refused alike', async () => {
    const body = envelope([writes(north, newPhone())]);
    const answers = [
      await send(north, body, south.secret),
      await send({ ...north, id: 'org_nobody' }, body),
      await send({ ...north, id: 'install' }, body),
    ];
    const told = answers.map(({ status, body: said }) => ({ status, ...(said as object), request_id: null }));
    expect(told[0]).toMatchObject({ status: 401, code: 'inbound.bad_signature' });
    for (const one of told) expect(one).toEqual(told[0]);
  });
});

describe('T12: what a valid signature may speak of', () => {
  test('in a mixed batch only the signer’s own numbers count; the other’s are left alone and counted', async () => {
    const [mine, theirs] = [newPhone(), newPhone()];
    const alarm = async () => (await switchboard.app.webhook.foreignItems.get()).values[0]?.value ?? 0;
    const [before, southBefore] = [await alarm(), await inboxPhones(south)];
    const answer = await send(
      north,
      envelope([writes(north, mine), writes(south, theirs)], [writes(south, newPhone())]),
    );
    expect(answer.status).toBe(200);
    await switchboard.settle();
    expect(await inboxPhones(north)).toContain(mine);
    expect(await inboxPhones(south)).toEqual(southBefore);
    expect(await countRows(switchboard.database, 'customers', `phone = '${theirs}'`)).toBe(0);
    expect(await alarm()).toBe(before + 2);
  });

  test('a flood that names another’s number and customer does not stand before that customer’s own messages', async () => {
    const customer = newPhone();
    const flood = Array.from({ length: 3_000 }, () =>
      textMessage({ from: { phone: customer }, text: 'Forged' }),
    );
    const forged = messagesChange(south.number.phoneNumberId, flood, [{ phone: customer }]);
    const waits = () =>
      countRows(
        switchboard.database,
        'app.webhook_items',
        `state = 'waiting' AND signed_by = '${north.id}' AND phone_number_id = '${south.number.phoneNumberId}'`,
      );
    expect((await send(north, envelope([forged]))).status).toBe(200);
    await expect.poll(waits, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0);
    await deliver(switchboard.url, envelope([writes(south, customer, 'Anybody there?')]));
    await expect.poll(() => inboxPhones(south), { timeout: 20_000 }).toContain(customer);
    expect(await waits()).toBeGreaterThan(0);
    await switchboard.settle();
    const inbox = inboxOf(switchboard.url, south.owner.access_token);
    expect(await inbox.textsWith(customer)).toEqual(['Anybody there?']);
  }, 120_000);

  test('the install’s own app still speaks for every number', async () => {
    const phone = newPhone();
    await deliver(switchboard.url, envelope([writes(north, phone)]));
    await switchboard.settle();
    expect(await inboxPhones(north)).toContain(phone);
  });
});

describe('a changed app secret', () => {
  const fresh = 'canary-fresh-app-secret-0123456789';

  test('counts at once, and the one before it for a day', async () => {
    await change(north, 'PUT', '', { fb_app_secret: fresh });
    const [first, second] = [newPhone(), newPhone()];
    expect((await send(north, envelope([writes(north, first)]), fresh)).status).toBe(200);
    expect((await send(north, envelope([writes(north, second)]))).status).toBe(200);
    await switchboard.settle();
    expect(await inboxPhones(north)).toEqual(expect.arrayContaining([first, second]));
    await queryAsAdmin(
      switchboard.database,
      `UPDATE tenant_configs SET previous_app_secret_until = now() - interval '1 second' WHERE tenant_id = $1`,
      [north.id],
    );
    await expect
      .poll(async () => (await send(north, envelope([writes(north, newPhone())]))).status)
      .toBe(401);
    expect((await send(north, envelope([writes(north, newPhone())]), fresh)).status).toBe(200);
  });
});

describe('T33: while the configuration is away', () => {
  test.each<[string, [string, string], [string, string]]>([
    ['deleted', ['DELETE', ''], ['POST', '/restore']],
    ['switched off', ['POST', '/deactivate'], ['POST', '/activate']],
  ])('%s, deliveries are kept and routed when it is back', async (_what, away, back) => {
    const phone = newPhone();
    await change(north, ...away);
    expect((await send(north, envelope([writes(north, phone, 'Written meanwhile')]))).status).toBe(200);
    expect((await send(north, envelope([writes(north, phone)]), 'a wrong secret')).status).toBe(401);
    await switchboard.settle();
    expect(await inboxPhones(north)).not.toContain(phone);
    await change(north, ...back);
    await switchboard.settle();
    const inbox = inboxOf(switchboard.url, north.owner.access_token);
    expect((await inbox.with(phone)).last_message?.text).toBe('Written meanwhile');
  });

  test('of many that were deleted only the last few still sign: each costs work on whatever a stranger sends', async () => {
    const secrets = Array.from({ length: 7 }, (_, n) => `canary-app-secret-number-${String(n)}-of-seven`);
    await change(north, 'DELETE');
    for (const secret of secrets) {
      await change(north, 'POST', '', { fb_app_secret: secret });
      await change(north, 'DELETE');
    }
    const answers = [];
    for (const secret of [north.secret, ...secrets])
      answers.push((await send(north, envelope([writes(north, newPhone())]), secret)).status);
    expect(answers).toEqual([401, 401, 401, 200, 200, 200, 200, 200]);
  });

  test('a new configuration does not speak for what the deleted one signed', async () => {
    const phone = newPhone();
    await change(north, 'DELETE');
    await send(north, envelope([writes(north, phone)]));
    await switchboard.settle();
    await change(north, 'POST', '', { fb_app_secret: 'canary-another-app-secret-000' });
    expect((await send(north, envelope([writes(north, newPhone())]))).status).toBe(401);
    await switchboard.settle();
    expect(await inboxPhones(north)).not.toContain(phone);
  });
});

/** Who may deliver: Meta's handshake, and the signature over the raw bytes. What is not signed leaves nothing behind. */
import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { request } from '../harness/api.ts';
import { countRows } from '../harness/admin-query.ts';
import { deliver, envelope, newPhone, signatureOf, textChange } from '../harness/deliveries.ts';
import { TEST_APP_SECRET } from '../harness/secrets.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

const VERIFY_TOKEN = 'a verify token for tests';

let switchboard: TestSwitchboard;

beforeAll(async () => {
  // The limit on handshakes counts by address, so each test comes from an address of its own.
  switchboard = await startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1,::1' });
});
afterAll(() => switchboard.stop());

function shakeHands(query: Record<string, string> | [string, string][], from = '192.0.2.1') {
  const url = `${switchboard.url}/webhooks/whatsapp?${new URLSearchParams(query).toString()}`;
  return request<string>(url, { headers: { 'x-forwarded-for': from } });
}

const asked = (token: string, challenge = '1158201444') => ({
  'hub.mode': 'subscribe',
  'hub.verify_token': token,
  'hub.challenge': challenge,
});

describe('the handshake', () => {
  test('is answered with the bare challenge when the token is right', async () => {
    const answer = await shakeHands(asked(VERIFY_TOKEN));
    expect(answer).toMatchObject({ status: 200, body: '1158201444' });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  test('shows a challenge that looks like a page as plain text that no browser sniffs', async () => {
    const page = '<script>alert(document.domain)</script>';
    const answer = await shakeHands(asked(VERIFY_TOKEN, page));
    expect(answer).toMatchObject({ status: 200, body: page });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each<[string, [string, string][]]>([
    ['a wrong token', Object.entries(asked('another token'))],
    ['an empty token', Object.entries(asked(''))],
    ['no token', [['hub.mode', 'subscribe'], ['hub.challenge', '1']]], // prettier-ignore
    ['another mode', Object.entries({ ...asked(VERIFY_TOKEN), 'hub.mode': 'unsubscribe' })],
    ['no challenge', [['hub.mode', 'subscribe'], ['hub.verify_token', VERIFY_TOKEN]]], // prettier-ignore
    ['nothing', []],
  ])('is refused with %s', async (_what, query) => {
    const answer = await shakeHands(query);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ code: 'inbound.handshake_refused' });
  });

  test('is refused when the token is given twice, one of them right', async () => {
    const answer = await shakeHands([['hub.verify_token', 'guess'], ...Object.entries(asked(VERIFY_TOKEN))]);
    expect(answer.status).toBe(400);
  });

  test('cannot be guessed at: after thirty tries in a minute an address has to wait', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 40 }, (_, index) => shakeHands(asked(`guess ${String(index)}`), '192.0.2.77')),
    );
    expect(guesses.filter(({ status }) => status === 403)).toHaveLength(30);
    const refused = guesses.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(10);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await shakeHands(asked(VERIFY_TOKEN), '192.0.2.78')).status).toBe(200);
  });
});

describe('a delivery', () => {
  const body = JSON.stringify(
    envelope([textChange('104455667788990', { from: { phone: newPhone() }, text: 'Grüße ☕' })]),
  );
  const good = signatureOf(body);
  const hex = good.slice('sha256='.length);
  let before: number;

  const stored = () => countRows(switchboard.database, 'app.webhook_deliveries');
  beforeEach(async () => {
    before = await stored();
  });

  test.each<[string, string | null]>([
    ['no signature', null],
    ['an empty signature', ''],
    ['only the algorithm', 'sha256='],
    ['another secret', signatureOf(body, 'another secret')],
    ['an empty secret', signatureOf(body, '')],
    ['the first byte flipped', `sha256=${flip(hex, 0)}`],
    ['the last byte flipped', `sha256=${flip(hex, 63)}`],
    ['the signature sent twice', `${good}, ${good}`],
    ['a wrong one before the right one', `${signatureOf(body, 'x')}, ${good}`],
    ['upper-case digits', `sha256=${hex.toUpperCase()}`],
    ['an upper-case algorithm', `SHA256=${hex}`],
    ['no algorithm', hex],
    ['SHA-1', `sha1=${createHmac('sha1', TEST_APP_SECRET).update(body).digest('hex')}`],
    ['SHA-1 called SHA-256', `sha256=${createHmac('sha1', TEST_APP_SECRET).update(body).digest('hex')}`],
    ['half of the signature', good.slice(0, 39)],
    ['a digit too many', `${good}0`],
    [
      'base64 instead of digits',
      `sha256=${createHmac('sha256', TEST_APP_SECRET).update(body).digest('base64')}`,
    ],
    ['the signature of other bytes', signatureOf(`${body} `)],
    [
      'the signature of what it looks like when written out anew',
      signatureOf(JSON.stringify(JSON.parse(body), null, 1)),
    ],
  ])('with %s is refused and leaves nothing behind', async (_what, signature) => {
    const answer = await deliver(switchboard.url, body, { signature });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'inbound.bad_signature' });
    expect(JSON.stringify(answer.body)).not.toContain(hex.slice(0, 16));
    expect(await stored()).toBe(before);
  });

  test('is refused when any one bit of its body is another', async () => {
    const bytes = Buffer.from(body);
    const answers = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 37) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      answers.push(await deliver(switchboard.url, altered, { signature: good }));
    }
    expect(answers.length).toBeGreaterThan(50);
    expect(answers.filter(({ status }) => status !== 401)).toEqual([]);
    expect(await stored()).toBe(before);
  });

  test('is taken with the header of the older algorithm beside the right one', async () => {
    const older = `sha1=${createHmac('sha1', TEST_APP_SECRET).update(body).digest('hex')}`;
    const answer = await deliver(switchboard.url, body, { headers: { 'x-hub-signature': older } });
    expect(answer.status).toBe(200);
    expect(await stored()).toBe(before + 1);
  });

  test.each(['text/plain', 'application/octet-stream', 'application/json; charset=utf-8'])(
    'is taken as %s too: only the bytes count',
    async (type) => {
      expect((await deliver(switchboard.url, body, { headers: { 'content-type': type } })).status).toBe(200);
      expect(await stored()).toBe(before + 1);
    },
  );

  test('is taken in either way that Meta escapes characters, for the signature covers what was sent', async () => {
    const escaped = body.replaceAll(
      /[\u0080-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    expect(escaped).not.toBe(body);
    expect((await deliver(switchboard.url, escaped)).status).toBe(200);
    expect((await deliver(switchboard.url, escaped, { signature: good })).status).toBe(401);
  });
});

function flip(digits: string, at: number): string {
  const other = digits[at] === '0' ? '1' : '0';
  return digits.slice(0, at) + other + digits.slice(at + 1);
}

test('a delivery without a content type is taken: the signature decides', async () => {
  const body = JSON.stringify(envelope([]));
  const { port } = new URL(switchboard.url);
  const status = await new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        port,
        method: 'POST',
        path: '/webhooks/whatsapp',
        headers: { 'content-length': Buffer.byteLength(body), 'x-hub-signature-256': signatureOf(body) },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
  expect(status).toBe(200);
});

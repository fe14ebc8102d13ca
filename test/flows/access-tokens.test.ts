/** T24: access tokens that are not ours, altered, of another kind, or over. None of them opens anything, on any route. */
import { createHmac, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { registerOwner, request } from '../harness/api.ts';
import { addressOf, listOperations, type Operation } from '../harness/api-operations.ts';
import { takeLeaks } from '../harness/secret-watch.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let sid: string;
let operations: Operation[];

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  owner = await registerOwner(switchboard.url);
  sid = claimsOf(owner.access_token)['sid'] as string;
  operations = (await listOperations(switchboard.url)).filter(({ isPublic }) => !isPublic);
});
afterAll(() => switchboard.stop());

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

const soon = () => Math.floor(Date.now() / 1000) + 300;
type Forged = {
  alg?: string;
  typ?: string | undefined;
  claims?: Record<string, unknown>;
  key?: Parameters<SignJWT['sign']>[0];
};

/** A token like ours, but for what is given. */
function forge({
  alg = 'HS256',
  typ = 'at+jwt',
  claims = {},
  key = switchboard.app.accessTokenKey,
}: Forged): Promise<string> {
  const all = { sid, sub: owner.user.id, iss: 'switchboard', aud: 'switchboard-api', exp: soon(), ...claims };
  return new SignJWT(all).setProtectedHeader({ alg, ...(typ === '' ? {} : { typ }) }).sign(key);
}

/** Asks every route of somebody who is signed in; names those that did anything but refuse. */
async function openedBy(token: string): Promise<string[]> {
  const answers = await Promise.all(
    operations.map(async (operation) => {
      const url = `${switchboard.url}${addressOf(operation, '0f8f4c3e-5a0b-4b58-9d3c-1f6f5d1c7a11')}`;
      const { status } = await request(url, {
        method: operation.method,
        headers: { authorization: `Bearer ${token}` },
      });
      return { name: operation.name, status };
    }),
  );
  return answers
    .filter(({ status }) => status !== 401)
    .map(({ name, status }) => `${name}: ${String(status)}`);
}

const ask = (token: string) =>
  request(`${switchboard.url}/api/v1/conversations`, { headers: { authorization: `Bearer ${token}` } });

test('a token forged with every field right is as good as one of ours, so that the refusals below mean something', async () => {
  expect((await ask(await forge({}))).status).toBe(200);
});

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const CORPUS: [string, () => Promise<string> | string][] = [
  [
    'no signature at all',
    () =>
      new UnsecuredJWT({ sid, sub: owner.user.id })
        .setIssuer('switchboard')
        .setAudience('switchboard-api')
        .setExpirationTime('5m')
        .encode(),
  ],
  ['the signature cut off', () => owner.access_token.split('.').slice(0, 2).join('.') + '.'],
  [
    'another algorithm of the same key',
    () =>
      forge({
        alg: 'HS512',
        key: createSecretKey(Buffer.concat([switchboard.app.accessTokenKey.export(), Buffer.alloc(32)])),
      }),
  ],
  ['a key pair', () => forge({ alg: 'RS256', key: rsa() })],
  ['another key', () => forge({ key: createSecretKey(Buffer.alloc(32, 9)) })],
  ['another audience', () => forge({ claims: { aud: 'another-api' } })],
  ['another issuer', () => forge({ claims: { iss: 'somebody' } })],
  ['another kind', () => forge({ typ: 'JWT' })],
  ['no kind', () => forge({ typ: '' })],
  ['no expiry', () => forge({ claims: { exp: undefined } })],
  ['an expiry in the past', () => forge({ claims: { exp: Math.floor(Date.now() / 1000) - 1 } })],
  ['a start in the future', () => forge({ claims: { nbf: soon() } })],
  ['an audience among others that is not ours', () => forge({ claims: { aud: ['another-api', 'a-third'] } })],
  ['no audience', () => forge({ claims: { aud: undefined } })],
  ['no issuer', () => forge({ claims: { iss: undefined } })],
  ['an expiry that is a word', () => forge({ claims: { exp: 'never' } })],
  ['a critical extension that nobody knows', () => withHeader({ crit: ['b64'], b64: false })],
  ['a key of its own', () => withHeader({ jwk: { kty: 'oct', k: 'AAAA' }, kid: '../../dev/null' })],
  ['no session', () => forge({ claims: { sid: undefined } })],
  ['no user', () => forge({ claims: { sub: undefined } })],
  ['another session', () => forge({ claims: { sid: '0f8f4c3e-5a0b-4b58-9d3c-1f6f5d1c7a11' } })],
  ['a session that is no id', () => forge({ claims: { sid: "' OR true --" } })],
  [
    'another user of the same session',
    () => forge({ claims: { sub: '0f8f4c3e-5a0b-4b58-9d3c-1f6f5d1c7a11' } }),
  ],
  ['altered claims', () => alter(owner.access_token)],
  ['the refresh token', () => owner.refresh_token],
  ['words', () => 'not-a-token'],
  ['dots', () => '...'],
  ['a hundred kilobytes', () => 'a'.repeat(8_000)],
];

test.each(CORPUS)('a token with %s is refused, on every route', async (_what, make) => {
  const token = await make();
  const answer = await ask(token);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(answer.body).toMatchObject({ code: 'auth.session_ended', status: 401 });
  expect(operations.length).toBeGreaterThan(15);
  expect(await openedBy(token)).toEqual([]);
});

test.each([['Basic b3duZXI6cGFzcw=='], ['Bearer'], ['Bearer  '], ['bearer a b'], ['']])(
  'the authorization %j is refused, also beside a good cookie',
  async (authorization) => {
    const cookie = `__Host-session=${owner.access_token}`;
    expect((await request(`${switchboard.url}/api/v1/auth/me`, { headers: { cookie } })).status).toBe(200);
    expect(
      (await request(`${switchboard.url}/api/v1/auth/me`, { headers: { authorization, cookie } })).status,
    ).toBe(401);
  },
);

test('nothing, a token in the address and an empty cookie are no sign-in', async () => {
  for (const [path, headers] of [
    ['', {}],
    [`?access_token=${await forge({})}`, {}],
    ['', { cookie: '__Host-session=' }],
    ['', { cookie: `session=${owner.access_token}` }],
  ] as const)
    expect((await request(`${switchboard.url}/api/v1/auth/me${path}`, { headers })).status).toBe(401);
  // A token in an address gets into logs. This one was ours to put there; no other may have been.
  expect(takeLeaks()).toEqual([expect.stringContaining('?access_token=')]);
});

/** A token like ours whose header says more; signed with our key over it where the library would not. */
function withHeader(extra: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sid, sub: owner.user.id, iss: 'switchboard', aud: 'switchboard-api', exp: soon() };
  const content = `${part({ alg: 'HS256', typ: 'at+jwt', ...extra })}.${part(claims)}`;
  const signature = createHmac(
    'sha256',
    'jwk' in extra ? Buffer.from('AAAA', 'base64url') : switchboard.app.accessTokenKey,
  );
  return `${content}.${signature.update(content).digest('base64url')}`;
}

function alter(token: string): string {
  const [header = '', , signature = ''] = token.split('.');
  const claims = Buffer.from(JSON.stringify({ ...claimsOf(token), exp: soon() + 1_000_000 })).toString(
    'base64url',
  );
  return [header, claims, signature].join('.');
}

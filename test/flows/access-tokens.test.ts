/** Access tokens that are not ours, altered, of another kind, or over: none of them opens anything. */
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { registerOwner, request } from '../harness/api.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let sid: string;

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  owner = await registerOwner(switchboard.url);
  sid = claimsOf(owner.access_token)['sid'] as string;
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

test.each(CORPUS)('a token with %s is refused', async (_what, make) => {
  const answer = await ask(await make());
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(answer.body).toMatchObject({ code: 'auth.session_ended', status: 401 });
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
    [`?access_token=${owner.access_token}`, {}],
    ['', { cookie: '__Host-session=' }],
    ['', { cookie: `session=${owner.access_token}` }],
  ] as const)
    expect((await request(`${switchboard.url}/api/v1/auth/me${path}`, { headers })).status).toBe(401);
});

function alter(token: string): string {
  const [header = '', , signature = ''] = token.split('.');
  const claims = Buffer.from(JSON.stringify({ ...claimsOf(token), exp: soon() + 1_000_000 })).toString(
    'base64url',
  );
  return [header, claims, signature].join('.');
}

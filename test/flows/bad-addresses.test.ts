/** Every documented route against tokens, ids, parameters and headers that nobody should send, and against other organizations' ids. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, expectProblem, has, startAttacker, type Attacker } from '../harness/attacker.ts';
import { exampleOf, type Operation } from '../harness/api-operations.ts';
import { request } from '../harness/api.ts';

let attacker: Attacker;
beforeAll(async () => {
  attacker = await startAttacker();
});
afterAll(() => attacker.switchboard.stop());

const attack: Attacker['attack'] = (...how) => attacker.attack(...how);

test('the documentation lists the routes that the tests below attack', () => {
  expect(attacker.operations.length).toBeGreaterThan(18);
  expect(
    attacker.operations
      .filter(({ isPublic }) => isPublic)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual([
    'GET /api/v1/setup',
    'GET /webhooks/whatsapp',
    'GET /webhooks/whatsapp/{tenant_id}',
    'POST /api/v1/auth/forgot-password',
    'POST /api/v1/auth/login',
    'POST /api/v1/auth/refresh',
    'POST /api/v1/auth/register',
    'POST /api/v1/auth/reset-password',
    'POST /api/v1/auth/sign-in-link',
    'POST /api/v1/auth/verify-email',
    'POST /api/v1/invitations/accept',
    'POST /api/v1/invitations/read',
    'POST /webhooks/whatsapp',
    'POST /webhooks/whatsapp/{tenant_id}',
  ]);
});

test('nobody gets past a route that is not public without a good token', async () => {
  const tokens = [null, 'garbage', 'a.b.c', `sb_${'0'.repeat(40)}`, attacker.owner.refresh_token];
  await attack(
    ({ isPublic }) => !isPublic,
    (operation) => tokens.map((as) => ({ ...bodyOf(operation), token: as })),
  );
  for (const operation of attacker.operations.filter(({ isPublic }) => !isPublic))
    expect(
      (await attacker.send(operation, { ...bodyOf(operation), token: null })).status,
      operation.name,
    ).toBe(401);
});

test('ids in the address that are none, or another organization’s, find nothing', async () => {
  const none = [
    'x',
    '0',
    '-1',
    '1.5',
    'null',
    'undefined',
    '%00',
    'a%00b',
    '%ff',
    '%ED%A0%80',
    '%zz',
    '..%2f..%2f',
    "'%20OR%201=1--",
    '%7B%7D',
    '9'.repeat(30),
    '00000000-0000-0000-0000-000000000000',
    'x'.repeat(300),
    '%F0%9F%98%80',
    '1e3',
    '%20',
  ];
  await attack(has('path'), (operation) =>
    [...none, ...attacker.foreignIds].map((id) => ({ id, ...bodyOf(operation) })),
  );
  // Meta's address tells nobody which organizations there are: it answers every one as a wrong token or signature.
  const isForMeta = ({ path }: Operation) => path === '/webhooks/whatsapp/{tenant_id}';
  for (const operation of attacker.operations.filter((one) => has('path')(one) && !isForMeta(one)))
    for (const id of attacker.foreignIds)
      expect(
        (await attacker.send(operation, { id, ...bodyOf(operation) })).status,
        `${operation.name} ${id}`,
      ).toBe(404);
});

test('limits and cursors that are none, and parameters given twice, are refused', async () => {
  const limits = ['0', '201', '-1', '1.5', 'abc', '', '1e2', '%205', '0x10', '9'.repeat(20), 'NaN', 'null'];
  const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const at = '2026-01-01 10:00:00+00';
  const cursors = [
    'x',
    '',
    '%00',
    '-',
    'e30',
    packed([]),
    packed({ position: at, id: 1 }),
    packed([at, "1' OR 1=1"]),
    packed(['now()', '1']),
    packed(['9999-99-99 99:99:99', '-'.repeat(36)]),
    packed([at, '-'.repeat(36)]),
    packed(['2026-01-01 10:00:00..:..', '1']),
    packed([at, '9'.repeat(40)]),
    'A'.repeat(300),
  ];
  const named = (name: string) => (operation: Operation) =>
    operation.parameters.some((one) => one.in === 'query' && one.name === name);
  await attack(named('limit'), () => limits.map((limit) => ({ query: `?limit=${limit}` })));
  await attack(named('cursor'), () => cursors.map((cursor) => ({ query: `?cursor=${cursor}` })));
  await attack(has('query'), (operation) =>
    operation.parameters
      .filter((one) => one.in === 'query' && one.schema.type !== 'array')
      .map(({ name, schema }) => {
        const value = encodeURIComponent(String(exampleOf(schema)));
        return { query: `?${name}=${value}&${name}=${value}` };
      }),
  );
  await attack(
    (operation) => has('query')(operation) && !operation.isPublic,
    () => ['?order=id', '?limit[]=5', '?organization_id=x', '?q=%00'].map((query) => ({ query })),
  );
});

test('an Idempotency-Key of the wrong form is refused', async () => {
  const keys = ['x'.repeat(201), 'two words', 'ü', '\t'];
  await attack(
    ({ parameters }) => parameters.some(({ name }) => name === 'idempotency-key'),
    (operation) =>
      keys.map((key) => ({
        ...bodyOf(operation),
        headers: { 'idempotency-key': Buffer.from(key).toString('latin1') },
      })),
  );
});

test('addresses and methods that do not exist say so', async () => {
  for (const [method, path] of [
    ['GET', '/api/v1/nothing'],
    ['POST', '/api/nothing'],
    ['PUT', '/api/v1/conversations'],
    ['DELETE', '/webhooks/whatsapp'],
    ['POST', '/healthz'],
    ['DELETE', '/metrics'],
    ['GET', '/api/v1/conversations/'],
    ['GET', '/api//v1/conversations'],
    ['GET', '/api/v1/..%2f..%2fetc%2fpasswd'],
  ] as const)
    expectProblem(
      await request(`${attacker.switchboard.url}${path}`, { method, token: attacker.owner.access_token }),
      `${method} ${path}`,
    );
});

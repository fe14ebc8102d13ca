/** Every documented route against bodies that nobody should send: each is refused, in words, and changes nothing. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectProblem,
  fieldsOf,
  isWrite,
  startAttacker,
  takesJson,
  valid,
  type Attacker,
} from '../harness/attacker.ts';
import { request } from '../harness/api.ts';
import type { JsonSchema, Operation } from '../harness/api-operations.ts';

let attacker: Attacker;
beforeAll(async () => {
  attacker = await startAttacker();
});
afterAll(() => attacker.switchboard.stop());

const attack: Attacker['attack'] = (...how) => attacker.attack(...how);

test('a body that is not JSON, or not an object, is refused', async () => {
  const json = { 'content-type': 'application/json' };
  const broken = [
    '{',
    '{"a":}',
    '\u0000',
    '{"a":1}}',
    '[1,2',
    "{'a':1}",
    '{"a":NaN}',
    `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  ];
  await attack(isWrite, () => broken.map((body) => ({ body, headers: json })));
  await attack(takesJson, () =>
    ['null', '[]', '"text"', '7', 'true', '[{}]'].map((body) => ({ body, headers: json })),
  );
});

test('a body of another type is refused', async () => {
  const types = [
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
    'nonsense',
  ];
  await attack(isWrite, (operation) =>
    types.map((type) => ({
      body: JSON.stringify(operation.body ? valid(operation) : {}),
      headers: { 'content-type': type },
    })),
  );
});

const WRONG: unknown[] = [
  {},
  [],
  [[]],
  { $gt: '' },
  -1.5,
  1e308,
  '',
  '\ud800',
  'a\u0000b',
  '\u0000',
  'x'.repeat(5_000),
  ['x', 'x'],
  { toString: 1 },
];

/** Some fields are a list of any texts, an object that needs nothing, or let an empty text take their value away. */
function mayBe(wrong: unknown, schema: JsonSchema): boolean {
  const { anyOf, pattern, type, required = [] } = schema;
  if (anyOf) return anyOf.some((one) => mayBe(wrong, one));
  if (Array.isArray(wrong)) return type === 'array' && wrong.every((one) => typeof one === 'string');
  if (JSON.stringify(wrong) === '{}') return type === 'object' && required.length === 0;
  if (wrong !== '') return false;
  const isNamed = schema.const === '' || (schema.enum?.includes('') ?? false);
  return isNamed || (pattern !== undefined && new RegExp(pattern, 'u').test(''));
}

test('every field refuses values of other types, NUL, half characters and endless texts', async () => {
  await attack(takesJson, (operation) =>
    fieldsOf(operation.body).flatMap(([name, schema]) =>
      WRONG.filter((wrong) => !mayBe(wrong, schema)).map((wrong) => ({
        body: { ...valid(operation), [name]: wrong },
      })),
    ),
  );
});

test('every field that is needed is missed, and an empty object is too little', async () => {
  const needed = (operation: Operation) => operation.body?.required ?? [];
  await attack(
    (operation) => needed(operation).length > 0,
    (operation) => [
      { body: {} },
      ...needed(operation).map((name) => ({
        body: Object.fromEntries(Object.entries(valid(operation)).filter(([key]) => key !== name)),
      })),
    ],
  );
});

test('no route takes a field that it does not know, least of all one that would give rights', async () => {
  const wanted = [
    'organization_id',
    'tenant_id',
    'role',
    'is_owner',
    'is_admin',
    'verified',
    'id',
    'user_id',
    'agent_id',
    'home',
    'created_at',
    'sent_by',
    'wamid',
    'signature',
    'unread_count',
    'whatever',
    'Text',
    'toString',
  ];
  await attack(takesJson, (operation) => {
    const known = new Set(fieldsOf(operation.body).map(([name]) => name));
    return wanted
      .filter((name) => !known.has(name))
      .map((name) => ({ body: { ...valid(operation), [name]: 'admin' } }));
  });
  const poisoned = (operation: Operation) =>
    JSON.stringify(valid(operation)).replace('{', '{"__proto__":{"role":"admin"},');
  await attack(takesJson, (operation) => [
    { body: poisoned(operation), headers: { 'content-type': 'application/json' } },
    {
      body: poisoned(operation).replace('"__proto__":', '"constructor":{"prototype":{}},"x":'),
      headers: { 'content-type': 'application/json' },
    },
  ]);
  expect(({} as Record<string, unknown>)['role']).toBeUndefined();
});

test('a body of more than the limit is refused before it is read', async () => {
  await attack(isWrite, () => [
    { body: JSON.stringify({ text: 'x'.repeat(300_000) }), headers: { 'content-type': 'application/json' } },
  ]);
});

test('whatever JSON is sent in whatever field, no route breaks', async () => {
  for (const operation of attacker.operations.filter(takesJson)) {
    await attacker.renewToken();
    const fields = fieldsOf(operation.body).map(([name]) => name);
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    const value = fc.oneof(text, fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...(WRONG as string[])));
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(fields),
        fc.array(value, { minLength: 8, maxLength: 8 }),
        async (changed, values) => {
          const body = {
            ...valid(operation),
            ...Object.fromEntries(changed.map((name, index) => [name, values[index]])),
          };
          const answer = await attacker.send(operation, { body });
          if (answer.status >= 300) expectProblem(answer, `${operation.name} ${JSON.stringify(body)}`);
        },
      ),
      { numRuns: 40 },
    );
  }
  expect((await request(`${attacker.switchboard.url}/readyz`)).status).toBe(200);
  expect(attacker.switchboard.logLines.filter((line) => line.includes('A request failed'))).toEqual([]);
});

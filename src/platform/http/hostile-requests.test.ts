/** Whatever a stranger sends, the answer is a problem document of the caller's kind, never a fault of ours. */
import fc from 'fast-check';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from './test-server.fixture.ts';
import type { TestServer } from './test-server.fixture.ts';

const body = Type.Object(
  {
    name: Type.String({ maxLength: 10, pattern: '^[a-z]+$' }),
    kind: Type.Union([Type.Literal('a'), Type.Literal('b'), Type.Null()]),
    nested: Type.Optional(Type.Array(Type.Object({ when: Type.String({ format: 'date-time' }) }))),
    any: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false },
);
const querystring = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    id: Type.Optional(Type.String({ format: 'uuid' })),
  },
  { additionalProperties: false },
);

let test: TestServer;
beforeAll(async () => {
  test = await startTestServer((server) => {
    server.post(
      '/api/v1/things/:id',
      { schema: { body, querystring }, config: { access: 'public' } },
      (request) => request.body,
    );
    server.get(
      '/api/v1/things',
      { schema: { querystring }, config: { access: 'public' } },
      (request) => request.query,
    );
  });
});
afterAll(() => test.server.close());

const json = { 'content-type': 'application/json' };

async function expectNoFault(
  answer: Promise<{ statusCode: number; headers: object; body: string }>,
): Promise<void> {
  const { statusCode, headers, body: text } = await answer;
  expect(statusCode, text).toBeLessThan(500);
  if (statusCode >= 400) expect(headers).toMatchObject({ 'content-type': 'application/problem+json' });
}

describe('a hostile request', () => {
  it('with any JSON is answered, not failed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ stringUnit: 'binary' }), (payload) =>
        expectNoFault(
          test.server.inject({ method: 'POST', url: '/api/v1/things/1', payload, headers: json }),
        ),
      ),
      { numRuns: 300 },
    );
  });

  it('with almost the right JSON is answered, not failed', async () => {
    const almost = fc.record(
      {
        name: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
        kind: fc.oneof(fc.constantFrom('a', 'b', null, 'c'), fc.anything()),
        nested: fc.oneof(fc.array(fc.record({ when: fc.string() })), fc.anything()),
        any: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(almost, async (value) => {
        let payload: string | undefined;
        try {
          payload = JSON.stringify(value);
        } catch {
          return;
        }
        await expectNoFault(
          test.server.inject({ method: 'POST', url: '/api/v1/things/1', payload, headers: json }),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('with any bytes as its body and type is answered, not failed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('application/json', 'text/html', 'a/b;c'),
        (bytes, type) =>
          expectNoFault(
            test.server.inject({
              method: 'POST',
              url: '/api/v1/things/1',
              payload: Buffer.from(bytes),
              headers: { 'content-type': type },
            }),
          ),
      ),
      { numRuns: 200 },
    );
  });

  it('with any query and address is answered, not failed', async () => {
    const part = fc.oneof(
      fc.webQueryParameters(),
      fc.string().map(encodeURIComponent),
      fc.constantFrom('%', '%00', '%ff', '..%2f'),
    );
    await fc.assert(
      fc.asyncProperty(part, part, async (address, query) => {
        await expectNoFault(test.server.inject(`/api/v1/things?limit=${query}&${query}`));
        await expectNoFault(
          test.server.inject({
            method: 'POST',
            url: `/api/v1/things/${address}`,
            payload: '{}',
            headers: json,
          }),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('does not make patterns or formats run for long', async () => {
    const long = 'a'.repeat(200_000);
    const payload = JSON.stringify({
      name: `${long}!`,
      kind: 'a',
      nested: [{ when: `${'1'.repeat(200_00)}T` }],
    });
    const started = performance.now();
    await expectNoFault(
      test.server.inject({ method: 'POST', url: '/api/v1/things/1', payload, headers: json }),
    );
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

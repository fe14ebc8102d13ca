import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { actorOf } from './access.ts';
import { rawBody, takeRawBodies, WEBHOOK_BODY_LIMIT } from './raw-body.ts';
import { startTestServer } from './test-server.fixture.ts';
import type { TestServer } from './test-server.fixture.ts';

const open = { access: 'public' } as const;
const Note = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 20 }),
    count: Type.Optional(Type.Integer({ default: 1 })),
    kind: Type.Optional(Type.Union([Type.Literal('call'), Type.Literal('visit')])),
    tags: Type.Optional(Type.Array(Type.String())),
    extra: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
const Plan = Type.Object(
  { at: Type.Optional(Type.String({ format: 'date-time' })) },
  { additionalProperties: false },
);
const Page = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    unread: Type.Optional(Type.Boolean()),
    q: Type.Optional(Type.String()),
    ids: Type.Optional(Type.Array(Type.Integer())),
  },
  { additionalProperties: false },
);

let test: TestServer;
beforeAll(async () => {
  test = await startTestServer(async (server) => {
    server.post('/api/v1/notes', { schema: { body: Note }, config: open }, (request) => request.body);
    server.get('/api/v1/notes', { schema: { querystring: Page }, config: open }, (request) => request.query);
    server.get('/api/v1/notes/:id', { config: open }, (request) => ({ params: request.params }));
    server.post('/api/v1/plans', { schema: { body: Plan }, config: open }, (request) => request.body);
    server.post('/api/v1/free', { config: open }, (request) => ({ got: request.body ?? null }));
    server.post('/api/v1/send', { config: { access: 'messages:send' } }, (request) => actorOf(request));
    server.get('/api/v1/me', { config: { access: 'signed-in' } }, (request) => actorOf(request));
    server.get('/api/v1/broken', { config: open }, () => {
      throw new Error('the pump at 10.0.0.7 has no water');
    });
    server.get('/api/v1/fault/:code', { config: open }, (request) => {
      throw Object.assign(new Error('pg says no'), {
        code: (request.params as { code: string }).code,
        syscall: 'connect',
      });
    });
    server.get('/api/v1/refused', { config: open }, () => {
      throw new AppError('notes.locked', 409, 'Unlock it first.', { errors: [{ path: '/id' }] });
    });
    server.get(
      '/api/v1/scarce',
      { config: { ...open, rateLimit: { max: 2, timeWindow: 60_000 } } },
      () => 'ok',
    );
    await takeRawBodies(server, (scope) => {
      scope.post('/webhooks/whatsapp', { bodyLimit: WEBHOOK_BODY_LIMIT, config: open }, (request) => ({
        bytes: rawBody(request).toString('hex').slice(0, 64),
        length: rawBody(request).length,
      }));
    });
  });
});
afterAll(() => test.server.close());

const json = { 'content-type': 'application/json' };

async function post(url: string, payload: string, headers: Record<string, string> = json) {
  return test.server.inject({ method: 'POST', url, payload, headers });
}

describe('a request body', () => {
  it('is taken as it stands, with defaults filled in', async () => {
    const answer = await post('/api/v1/notes', '{"title":"Rent"}');
    expect(answer.json()).toEqual({ title: 'Rent', count: 1 });
  });

  it('is never converted: a number in quotes is no number', async () => {
    const answer = await post('/api/v1/notes', '{"title":"Rent","count":"2"}');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'platform.invalid_request',
      detail: 'The body of the request is not right: count must be integer. Correct it and send again.',
      errors: [{ in: 'body', path: '/count', message: 'must be integer' }],
    });
  });

  it('is refused for fields that the schema does not know, not stripped of them', async () => {
    const answer = await post('/api/v1/notes', '{"title":"Rent","is_admin":true,"kind":"party"}');
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toEqual([
      { in: 'body', path: '/is_admin', message: 'is not a known field' },
      { in: 'body', path: '/kind', message: 'must be one of "call", "visit"' },
    ]);
  });

  it('is refused when it is missing, empty or of another shape', async () => {
    for (const payload of ['', '[]', '"x"', 'null', '{}', '{"title":""}']) {
      expect((await post('/api/v1/notes', payload)).statusCode, payload).toBe(400);
    }
    expect((await test.server.inject({ method: 'POST', url: '/api/v1/notes' })).statusCode).toBe(400);
  });

  it('may be left out where none is asked for', async () => {
    expect((await post('/api/v1/free', '')).json()).toEqual({ got: null });
  });

  it('may be left out where no field is needed', async () => {
    for (const answer of [
      await post('/api/v1/plans', ''),
      await test.server.inject({ method: 'POST', url: '/api/v1/plans' }),
    ])
      expect([answer.statusCode, answer.json()]).toEqual([200, {}]);
    expect((await post('/api/v1/plans', 'null')).statusCode).toBe(400);
  });

  it.each([
    ['2027-01-01T00:00:00Z', 200],
    ['2027-01-01t00:00:00.123456z', 200],
    ['2027-01-01T00:00:00+14:00', 200],
    ['2026-12-31T23:59:60Z', 200],
    ['0001-01-01T00:00:00+14:00', 400],
    ['0000-01-01T00:00:00Z', 400],
    ['9999-12-31T23:59:59-14:00', 400],
    ['9999-12-31T23:59:60Z', 400],
    ['2027-01-01T00:00:00+23:59', 400],
    ['2027-01-01T00:00:00-16:00', 400],
    ['2027-02-30T00:00:00Z', 400],
  ])('takes a moment only when it can be kept and told again: %s', async (at, status) => {
    expect((await post('/api/v1/plans', JSON.stringify({ at }))).statusCode).toBe(status);
  });

  it('is refused when it is not JSON', async () => {
    const answer = await post('/api/v1/notes', '{"title":');
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'platform.malformed_json']);
  });

  it('is refused when it reaches for prototypes', async () => {
    for (const payload of [
      '{"__proto__":{"polluted":1}}',
      '{"extra":{"constructor":{"prototype":{"polluted":1}}}}',
    ]) {
      const answer = await post('/api/v1/free', payload);
      expect([answer.statusCode, answer.json().code], payload).toEqual([400, 'platform.malformed_json']);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is refused with characters that the database cannot hold, in values, keys and depth', async () => {
    const bodies = [
      '{"title":"a\\u0000b"}',
      '{"title":"\\ud800"}',
      '{"title":"x","extra":{"a":[{"k\\u0000":1}]}}',
    ];
    for (const payload of bodies) {
      const answer = await post('/api/v1/notes', payload);
      expect([answer.statusCode, answer.json().code], payload).toEqual([400, 'platform.invalid_characters']);
    }
    expect((await post('/api/v1/notes', '{"title":"\\ud83d\\ude00 \\\\u0000"}')).statusCode).toBe(200);
  });

  it('is refused when it nests deeper than anything here describes, not counting brackets in texts', async () => {
    const answer = await post('/api/v1/free', '['.repeat(5000) + ']'.repeat(5000));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'platform.malformed_json']);
    expect((await post('/api/v1/free', JSON.stringify({ text: '[{"\\'.repeat(200) }))).statusCode).toBe(200);
  });

  it('is refused past 256 KiB', async () => {
    const answer = await post('/api/v1/free', JSON.stringify({ text: 'x'.repeat(256 * 1024) }));
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'platform.body_too_large']);
    expect(answer.json().detail).toContain('256 KiB');
  });

  it('is refused in other media types', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'nonsense',
    ]) {
      const answer = await post('/api/v1/free', 'a=1', { 'content-type': type });
      expect(answer.statusCode, type).toBe(415);
    }
  });
});

describe('a query', () => {
  it('is converted to what the schema says', async () => {
    const answer = await test.server.inject('/api/v1/notes?limit=20&unread=true&ids=1&ids=2');
    expect(answer.json()).toEqual({ limit: 20, unread: true, ids: [1, 2] });
    expect((await test.server.inject('/api/v1/notes?ids=7&q=7')).json()).toEqual({
      limit: 50,
      ids: [7],
      q: '7',
    });
  });

  it('is refused where a value does not convert, is given twice, or is unknown', async () => {
    const queries = [
      'limit=',
      'limit=1.5',
      'limit=0x10',
      'limit=201',
      'limit=1&limit=2',
      'q=a&q=b',
      'unread=1',
      'other=1',
    ];
    for (const query of [...queries, '__proto__=1', 'q=%00', 'ids=1&ids=x']) {
      expect((await test.server.inject(`/api/v1/notes?${query}`)).statusCode, query).toBe(400);
    }
  });
});

describe('an error', () => {
  it('of a caller is a problem document with its code and details', async () => {
    const answer = await test.server.inject('/api/v1/refused');
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      type: 'urn:switchboard:problem:notes.locked',
      title: 'Conflict',
      status: 409,
      detail: 'Unlock it first.',
      code: 'notes.locked',
      request_id: answer.headers['x-request-id'],
      errors: [{ path: '/id' }],
    });
  });

  it('of ours hides its text, and is logged once with the request id', async () => {
    const answer = await test.server.inject('/api/v1/broken');
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'platform.internal']);
    expect(answer.body).not.toMatch(/pump|stack|\.ts/);
    const lines = test.logs.filter((line) => line.includes('has no water'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      request_id: answer.headers['x-request-id'],
    });
  });

  it('of the database says whether the caller or the database is at fault', async () => {
    const expected: Record<string, number> = {
      ECONNREFUSED: 503,
      '57P01': 503,
      '57P03': 503,
      '08006': 503,
      '53300': 503,
      '40001': 503,
      '22P02': 400,
      '22P05': 400,
      '22003': 400,
      '22021': 400,
      '23505': 500,
      '42P01': 500,
    };
    for (const [code, status] of Object.entries(expected)) {
      const answer = await test.server.inject(`/api/v1/fault/${code}`);
      expect(answer.statusCode, code).toBe(status);
      expect('retry-after' in answer.headers, code).toBe(status === 503);
      expect(answer.body).not.toContain('pg says no');
    }
  });

  it('tells an unknown address from a wrong method', async () => {
    const unknown = await test.server.inject('/api/v1/nothing');
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'platform.unknown_address']);
    for (const url of ['/api/v1/notes', '/api/v1/notes?x=1', '/api/v1/notes/']) {
      const answer = await test.server.inject({ method: 'DELETE', url });
      expect(answer.statusCode, url).toBe(url.endsWith('/') ? 404 : 405);
    }
    const wrong = await test.server.inject({ method: 'DELETE', url: '/api/v1/notes/7' });
    expect([wrong.statusCode, wrong.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  it('in the address itself is a problem document as well', async () => {
    const answer = await test.server.inject('/api/v1/notes/%zz');
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'platform.malformed_url']);
  });

  it('of too many requests says when to come back', async () => {
    const answers = [];
    for (let turn = 0; turn < 3; turn += 1) answers.push(await test.server.inject('/api/v1/scarce'));
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 429]);
    expect(Number(answers[2]?.headers['retry-after'])).toBeGreaterThan(0);
    expect(answers[2]?.json().code).toBe('platform.too_many_requests');
  });
});

describe('access', () => {
  it('is denied without a known caller, with the way to show who one is', async () => {
    for (const authorization of ['', 'Bearer nobody']) {
      const answer = await test.server.inject({
        method: 'POST',
        url: '/api/v1/send',
        headers: { authorization },
      });
      expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    }
  });

  it('is denied without the permission', async () => {
    const headers = { authorization: 'Bearer pavel' };
    const answer = await test.server.inject({ method: 'POST', url: '/api/v1/send', headers });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'platform.forbidden']);
    expect((await test.server.inject({ url: '/api/v1/me', headers })).statusCode).toBe(200);
  });

  it('is granted with it, and the handler knows the caller', async () => {
    const headers = { authorization: 'Bearer olga' };
    const answer = await test.server.inject({ method: 'POST', url: '/api/v1/send', headers });
    expect(answer.json()).toMatchObject({ name: 'olga' });
  });

  it('is decided before the body is read', async () => {
    const answer = await post('/api/v1/send', 'x'.repeat(1_000_000));
    expect(answer.statusCode).toBe(401);
  });

  it('must be declared: a route without it stops the boot', async () => {
    const start = startTestServer((server) => void server.get('/api/v1/forgotten', () => 'x'));
    await expect(start).rejects.toThrow(/GET \/api\/v1\/forgotten declares no access/);
  });
});

describe('a request from another site', () => {
  const send = (headers: Record<string, string>) =>
    test.server.inject({
      method: 'POST',
      url: '/api/v1/send',
      headers: { host: 'inbox.local:3000', ...headers },
    });
  const cookie = 'session=olga';

  it('is refused when it changes something', async () => {
    const foreign: Record<string, string>[] = [
      { cookie, 'sec-fetch-site': 'cross-site' },
      { cookie, 'sec-fetch-site': 'same-site', origin: 'https://inbox.example.org' },
      { cookie, origin: 'https://evil.example' },
      { cookie, origin: 'null' },
      { cookie },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const answer = await send(headers);
      expect([answer.statusCode, answer.json().code], JSON.stringify(headers)).toEqual([
        403,
        'platform.cross_site',
      ]);
    }
  });

  it('is told from our own page and from programs', async () => {
    const own: Record<string, string>[] = [
      { cookie, 'sec-fetch-site': 'same-origin' },
      { cookie, 'sec-fetch-site': 'none' },
      { cookie, origin: 'https://inbox.example.org' },
      { cookie, origin: 'http://inbox.local:3000' },
      { authorization: 'Bearer olga', origin: 'https://elsewhere.example' },
    ];
    for (const headers of own) expect((await send(headers)).statusCode, JSON.stringify(headers)).toBe(200);
  });

  it('may read public things', async () => {
    const answer = await test.server.inject({
      url: '/api/v1/notes',
      headers: { cookie, 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.statusCode).toBe(200);
  });
});

describe('a raw body', () => {
  it('arrives byte by byte, whatever it is called and whatever it holds', async () => {
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x00, 0x7d, 0x20, 0x0a]);
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'image/png',
      undefined,
    ]) {
      const headers = type === undefined ? {} : { 'content-type': type };
      const answer = await test.server.inject({
        method: 'POST',
        url: '/webhooks/whatsapp',
        payload: bytes,
        headers,
      });
      expect(answer.json(), String(type)).toEqual({ bytes: bytes.toString('hex'), length: bytes.length });
    }
  });

  it('may have 3 MB, and no more than 8 MiB', async () => {
    const send = async (size: number) =>
      (await post('/webhooks/whatsapp', 'x'.repeat(size), { 'content-type': 'application/json' })).statusCode;
    expect([await send(3_000_000), await send(WEBHOOK_BODY_LIMIT + 1)]).toEqual([200, 413]);
  });

  it.each(['br', 'deflate', 'zstd', 'gzip, gzip'])(
    'is refused when it is compressed as %s, because nobody could read it',
    async (encoding) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      const answer = await post('/webhooks/whatsapp', 'abc', headers);
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({ code: 'platform.compressed_body' });
    },
  );

  it('is kept as it came when it is gzip', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await post('/webhooks/whatsapp', 'abc', headers)).json()).toMatchObject({ bytes: '616263' });
  });
});

describe('an answer', () => {
  it('carries the request id of the caller when it is harmless, otherwise a new one', async () => {
    const idOf = async (given: string) =>
      (await test.server.inject({ url: '/healthz', headers: { 'x-request-id': given } })).headers[
        'x-request-id'
      ];
    expect(await idOf('trace-1234.abc')).toBe('trace-1234.abc');
    for (const bad of ['short', 'x'.repeat(65), 'a b c d e f g', '<script>alert(1)']) {
      expect(await idOf(bad)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('tells browsers to run nothing that is not ours, to guess nothing and to keep nothing', async () => {
    const { headers } = await test.server.inject('/api/v1/notes');
    const policy = String(headers['content-security-policy']);
    for (const rule of [
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy).toContain(rule);
    }
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'strict-transport-security': expect.stringContaining('max-age=') as string,
    });
  });

  it('demands encryption only where the public address has it', async () => {
    const plain = await startTestServer(() => undefined, { publicUrl: 'http://localhost:3000' });
    const { headers } = await plain.server.inject('/healthz');
    expect(headers['strict-transport-security']).toBeUndefined();
    await plain.server.close();
  });

  it('is logged without what its address tells', async () => {
    await test.server.inject('/api/v1/notes?q=Frau%20Schmidt&limit=3');
    const line = test.logs.findLast((text) => text.includes('/api/v1/notes?q='));
    expect(line).toContain('/api/v1/notes?q=[masked]&limit=3');
    expect(test.logs.join('')).not.toContain('Schmidt');
  });
});

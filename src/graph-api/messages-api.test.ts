import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGraphClient } from './client.ts';
import type { GraphClient, GraphClientOptions } from './client.ts';
import { startFakeGraph } from './fixtures/fake-graph.ts';
import type { FakeAnswer, FakeGraph } from './fixtures/fake-graph.ts';
import { GraphError } from './graph-error.ts';
import { appSecretProof } from './signature.ts';

const token = 'EAAtestTokenThatMustNeverBeSeen0001';
const text = { to: '+4915100000001', type: 'text', text: { body: 'the secret words of a message' } };
const accepted = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '+4915100000001', wa_id: '4915100000001' }],
  messages: [{ id: 'wamid.Zm9vYmFy' }],
};

let graph: FakeGraph;
let client: GraphClient;
const opened: GraphClient[] = [];

function clientFor(apiUrl: string, options: Partial<GraphClientOptions> = {}): GraphClient {
  const made = createGraphClient({ apiUrl, apiVersion: 'v25.0', ...options });
  opened.push(made);
  return made;
}

async function failureOf(call: Promise<unknown>): Promise<GraphError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GraphError);
  return error as GraphError;
}

/** Everything that a log writer could take from an error. */
function logged(error: GraphError): string {
  return `${String(error)} ${error.stack ?? ''} ${JSON.stringify(Object.entries(error))} ${JSON.stringify(error)}`;
}

beforeAll(async () => {
  graph = await startFakeGraph();
  client = clientFor(graph.url);
});
afterEach(() => graph.answer({ json: {} }));
afterAll(async () => {
  await graph.close();
  await Promise.all(opened.map((each) => each.close()));
});

describe('sendMessage', () => {
  it('posts the message and returns what Meta accepted', async () => {
    graph.answer({ json: accepted });
    const result = await client.sendMessage(token, '7001', { ...text, biz_opaque_callback_data: 'outbox-1' });
    expect(result).toEqual({
      wamid: 'wamid.Zm9vYmFy',
      contact: { input: '+4915100000001', waId: '4915100000001' },
    });
    expect(graph.calls).toHaveLength(1);
    const [call] = graph.calls;
    expect(call).toMatchObject({ method: 'POST', path: '/v25.0/7001/messages' });
    expect(call?.headers.authorization).toBe(`Bearer ${token}`);
    expect(call?.query.has('appsecret_proof')).toBe(false);
    expect(JSON.parse(call?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      ...text,
      biz_opaque_callback_data: 'outbox-1',
    });
  });

  it('returns the user id of a customer who hides the phone, and the status of a template', async () => {
    graph.answer({
      json: {
        contacts: [{ input: 'DE.5550001', user_id: 'DE.5550001' }],
        messages: [{ id: 'wamid.QQ==', message_status: 'held_for_quality_assessment' }],
      },
    });
    const result = await client.sendMessage(token, '7001', { recipient: 'DE.5550001', type: 'template' });
    expect(result).toEqual({
      wamid: 'wamid.QQ==',
      contact: { input: 'DE.5550001', userId: 'DE.5550001' },
      messageStatus: 'held_for_quality_assessment',
    });
  });

  it('keeps a path in the address of the API', async () => {
    graph.answer({ json: accepted });
    await clientFor(`${graph.url}/simulator/graph/`).sendMessage(token, '7001', text);
    expect(graph.calls[0]?.path).toBe('/simulator/graph/v25.0/7001/messages');
  });

  it('proves the app secret when there is one, the default or the token’s own', async () => {
    graph.answer({ json: accepted });
    const proving = clientFor(graph.url, { appSecret: 'default-secret' });
    await proving.sendMessage(token, '7001', text);
    await proving.sendMessage({ accessToken: token, appSecret: 'own-secret' }, '7001', text);
    await proving.sendMessage({ accessToken: token }, '7001', text);
    expect(graph.calls.map((call) => call.query.get('appsecret_proof'))).toEqual([
      appSecretProof(token, 'default-secret'),
      appSecretProof(token, 'own-secret'),
      null,
    ]);
  });

  it.each([
    [4, 'retry_safe'],
    [80007, 'retry_safe'],
    [130429, 'retry_safe'],
    [131056, 'retry_safe'],
    [0, 'token'],
    [190, 'token'],
    [10, 'permission'],
    [294, 'permission'],
    [100, 'invalid'],
    [131026, 'recipient'],
    [131047, 'window'],
    [131049, 'policy'],
    [131042, 'account'],
    [1, 'temporary_unknown'],
    [2, 'temporary_unknown'],
    [131000, 'temporary_unknown'],
    [131016, 'temporary_unknown'],
    [131057, 'temporary_unknown'],
    [777777, 'invalid'],
  ])('reads code %i as %s whatever the HTTP status and the wording', async (code, kind) => {
    for (const status of [200, 400, 401, 404, 429]) {
      graph.answer({ status, json: { error: { message: 'Service temporarily unavailable, retry', code } } });
      const error = await failureOf(client.sendMessage(token, '7001', text));
      expect(error).toMatchObject({ code, kind, httpStatus: status });
    }
  });

  const unknownOutcomes: [string, FakeAnswer][] = [
    ['an HTML page with status 200', { text: '<html>Welcome</html>' }],
    ['an HTML page with status 502', { status: 502, text: '<html>Bad gateway</html>' }],
    ['a 5xx with JSON but no code', { status: 503, json: { error: { message: 'sorry' } } }],
    ['a 4xx without an error object', { status: 429, json: {} }],
    ['a code that is not listed with status 500', { status: 500, json: { error: { code: 777777 } } }],
    [
      'an unlisted code that Meta calls transient',
      { status: 400, json: { error: { code: 777777, is_transient: true } } },
    ],
    ['a 5xx that looks like a success', { status: 500, json: accepted }],
    ['truncated JSON', { text: '{"messages":[{"id":"wamid.' }],
    ['an empty answer', { text: '' }],
    ['200 without messages', { json: { contacts: [] } }],
    ['200 with an empty list', { json: { messages: [] } }],
    ['200 with an empty id', { json: { messages: [{ id: '' }] } }],
    ['200 with an id that is a number', { json: { messages: [{ id: 5 }] } }],
    ['200 with an id no database would index', { json: { messages: [{ id: 'w'.repeat(10_000) }] } }],
    ['200 with an id that holds a NUL', { json: { messages: [{ id: 'wamid.\u0000' }] } }],
    ['200 with null', { json: null, text: 'null' }],
    ['a redirect', { status: 307, json: {}, headers: { location: '/elsewhere' } }],
    ['a reset before the answer', (response) => response.destroy()],
    [
      'a reset inside the answer',
      (response) => {
        response.writeHead(200, { 'content-length': '500' }).write('{"messages":');
        setImmediate(() => response.destroy());
      },
    ],
    [
      'an answer of more than 1 MiB',
      { text: `{"messages":[{"id":"wamid.A"}],"x":"${'x'.repeat(1 << 20)}"}` },
    ],
  ];

  it.each(unknownOutcomes)('reports an unknown outcome, once sent, for %s', async (_name, answer) => {
    graph.answer(answer);
    const error = await failureOf(client.sendMessage(token, '7001', text));
    expect(error.kind).toBe('temporary_unknown');
    expect(error.retryable).toBe(false);
    expect(error.outcomeUnknown).toBe(true);
    expect(error.retryAfterSeconds).toBeNull();
    expect(graph.calls).toHaveLength(1);
  });

  it('reports an unknown outcome when the answer does not come in time', async () => {
    graph.answer(() => undefined);
    const impatient = clientFor(graph.url, { timeoutMs: 150 });
    const error = await failureOf(impatient.sendMessage(token, '7001', text));
    expect(error).toMatchObject({ kind: 'temporary_unknown', reason: 'timeout' });
  });

  it('stops reading an endless answer', async () => {
    let sent = 0;
    graph.answer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const pump = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        if (!response.destroyed) response.once('drain', pump);
      };
      pump();
    });
    const error = await failureOf(client.sendMessage(token, '7001', text));
    expect(error).toMatchObject({ kind: 'temporary_unknown', reason: 'answer_too_large' });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('does not follow a redirect with the token', async () => {
    const other = await startFakeGraph();
    for (const status of [301, 302, 303, 307, 308]) {
      graph.answer({ status, text: '', headers: { location: `${other.url}/steal` } });
      await failureOf(client.sendMessage(token, '7001', text));
    }
    expect(other.calls).toHaveLength(0);
    await other.close();
  });

  it('knows that nothing was sent when the connection is refused', async () => {
    const closed = await startFakeGraph();
    await closed.close();
    const error = await failureOf(clientFor(closed.url).sendMessage(token, '7001', text));
    expect(error).toMatchObject({ kind: 'not_sent', reason: 'ECONNREFUSED', retryable: true });
  });

  it('knows that nothing was sent when the host has no address', async () => {
    const error = await failureOf(clientFor('https://graph.invalid').sendMessage(token, '7001', text));
    expect(error.kind).toBe('not_sent');
  });

  it('knows that nothing was sent when TLS cannot be agreed', async () => {
    const secure = clientFor(graph.url.replace('http:', 'https:'));
    const error = await failureOf(secure.sendMessage(token, '7001', text));
    expect(error.kind).toBe('not_sent');
    expect(graph.calls).toHaveLength(0);
  });

  it('knows that nothing was sent when the TLS handshake hangs', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const url = `https://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
    const error = await failureOf(clientFor(url, { timeoutMs: 200 }).sendMessage(token, '7001', text));
    expect(error.kind).toBe('not_sent');
    silent.close();
  });

  it('knows that nothing was sent when a call waits for a connection until its time is over', async () => {
    graph.answer(() => undefined);
    const narrow = clientFor(graph.url, { maxConnections: 1, timeoutMs: 200 });
    const held = failureOf(narrow.sendMessage(token, '7001', text));
    const waiting = await failureOf(narrow.sendMessage(token, '7001', text));
    expect(waiting).toMatchObject({ kind: 'not_sent', reason: 'timeout' });
    expect((await held).kind).toBe('temporary_unknown');
    graph.answer({ json: accepted });
    await narrow.sendMessage(token, '7001', { ...text, biz_opaque_callback_data: 'the third' });
    expect(graph.calls.map((call) => call.body.includes('the third'))).toEqual([true]);
  });

  it('reports an unknown outcome when the server closes a kept connection as the request leaves', async () => {
    let connections = 0;
    let requests = 0;
    const cutter = createServer((socket) => {
      connections += 1;
      socket.on('data', (data) => {
        if (!data.includes('POST ')) return;
        requests += 1;
        if (requests > 1) socket.resetAndDestroy();
        else {
          const body = JSON.stringify(accepted);
          socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`);
        }
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((listening) => cutter.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${String((cutter.address() as AddressInfo).port)}`;
    const kept = clientFor(url, { maxConnections: 1 });
    await kept.sendMessage(token, '7001', text);
    const error = await failureOf(kept.sendMessage(token, '7001', text));
    expect(error.kind).toBe('temporary_unknown');
    expect({ connections, requests }).toEqual({ connections: 1, requests: 2 });
    cutter.close();
  });

  it.each(['', 'two words', 'line\r\nx-injected: 1', 'caf\u00e9', 'x'.repeat(5000)])(
    'refuses an unusable token before connecting: %#',
    async (bad) => {
      const error = await failureOf(client.sendMessage(bad, '7001', text));
      expect(error).toMatchObject({ kind: 'token', reason: 'unusable_token' });
      expect(graph.calls).toHaveLength(0);
    },
  );

  it.each(['', '.', '..', '../me', '7001/../me', '7001?fields=x', '7001#', 'a b', '%2e%2e', '7001\n', 'é'])(
    'refuses the id %j before connecting',
    async (id) => {
      const error = await failureOf(client.sendMessage(token, id, text));
      expect(error).toMatchObject({ kind: 'invalid', reason: 'unusable_id' });
      expect(graph.calls).toHaveLength(0);
    },
  );

  it('puts neither token, secret nor message text into what gets logged', async () => {
    const proving = clientFor(graph.url, { appSecret: 'app-secret-canary' });
    graph.answer({
      status: 400,
      json: {
        error: {
          message: `Malformed access token ${token}`,
          code: 190,
          error_data: {
            details: `Bearer ${token} app-secret-canary EAAsomeoneElsesToken00000000 123456789|abcdefghij`,
          },
        },
      },
    });
    const error = await failureOf(proving.sendMessage(token, '7001', text));
    for (const canary of [token, 'app-secret-canary', 'EAAsomeoneElses', '123456789|abc']) {
      expect(logged(error)).not.toContain(canary);
      expect(error.details).not.toContain(canary);
    }
    graph.answer({ status: 400, json: { error: { message: `Bad: ${text.text.body}`, code: 100 } } });
    const quoting = await failureOf(client.sendMessage(token, '7001', text));
    expect(logged(quoting)).not.toContain('secret words');
    expect(quoting.details).toContain('secret words');
    graph.answer((response) => response.destroy());
    expect(logged(await failureOf(client.sendMessage(token, '7001', text)))).not.toContain('secret words');
  });

  it('keeps trace id, subcode and the wait that Meta asks for', async () => {
    graph.answer({
      status: 400,
      headers: { 'retry-after': '17' },
      json: { error: { message: 'x', code: 80007, error_subcode: 2446079, fbtrace_id: 'Atrace' } },
    });
    expect(await failureOf(client.sendMessage(token, '7001', text))).toMatchObject({
      code: 80007,
      subcode: 2446079,
      fbtraceId: 'Atrace',
      retryAfterSeconds: 17,
    });
    graph.answer({ status: 400, json: { error: { code: 131056 } } });
    expect((await failureOf(client.sendMessage(token, '7001', text))).retryAfterSeconds).toBe(6);
  });

  it('answers any bytes with an accepted message or a GraphError', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.json(), fc.string()),
        fc.constantFrom(200, 400, 500),
        async (body, status) => {
          graph.answer({ status, text: body });
          const result = await client.sendMessage(token, '7001', text).catch((error: unknown) => error);
          if (result instanceof Error) expect(result).toBeInstanceOf(GraphError);
          else expect(result).toHaveProperty('wamid');
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('markRead', () => {
  it('marks a message as read and may show that somebody types', async () => {
    graph.answer({ json: { success: true } });
    await client.markRead(token, '7001', { wamid: 'wamid.A' });
    await client.markRead(token, '7001', { wamid: 'wamid.A', typing: true });
    expect(graph.calls.map((call): unknown => JSON.parse(call.body))).toEqual([
      { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.A' },
      {
        messaging_product: 'whatsapp',
        status: 'read',
        message_id: 'wamid.A',
        typing_indicator: { type: 'text' },
      },
    ]);
  });

  it('may be repeated after an answer that says nothing', async () => {
    graph.answer({ json: { success: false } });
    expect((await failureOf(client.markRead(token, '7001', { wamid: 'wamid.A' }))).kind).toBe('retry_safe');
    graph.answer((response) => response.destroy());
    expect((await failureOf(client.markRead(token, '7001', { wamid: 'wamid.A' }))).kind).toBe('retry_safe');
  });
});

describe('createGraphClient', () => {
  it.each([
    'ftp://graph.test',
    'https://user:pass@graph.test',
    'https://graph.test?x=1',
    'https://graph.test#x',
    'nonsense',
  ])('refuses the address %s', (apiUrl) => {
    expect(() => createGraphClient({ apiUrl, apiVersion: 'v25.0' })).toThrow(TypeError);
  });

  it.each(['', '25.0', 'v25', 'v25.0/../me'])('refuses the version %j', (apiVersion) => {
    expect(() => createGraphClient({ apiUrl: 'https://graph.test', apiVersion })).toThrow(TypeError);
  });
});

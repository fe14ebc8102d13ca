import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limitUnverifiedBodies } from './unverified-bodies.ts';

const KIB = 1024;
let server: FastifyInstance;
beforeEach(async () => {
  server = fastify({ bodyLimit: 1024 * KIB });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  limitUnverifiedBodies(server, { bytes: 512 * KIB, freeBytes: 4 * KIB });
  server.post('/', (request) => ({ length: (request.body as Buffer).length }));
  await server.listen({ port: 0 });
});
afterEach(() => server.close());

type Sending = {
  request: ClientRequest;
  answer: Promise<{ status: number; retryAfter: string | undefined; body: string }>;
};

/** A body that is begun and stays open until `request.end()`. */
function begin(length: number): Sending {
  const { port } = server.server.address() as AddressInfo;
  const request = httpRequest({ port, method: 'POST', path: '/', headers: { 'content-length': length } });
  const answer = (async () => {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body };
  })();
  answer.catch(() => undefined);
  request.on('error', () => undefined);
  return { request, answer };
}

async function send(length: number) {
  const sending = begin(length);
  sending.request.end(Buffer.alloc(length));
  return sending.answer;
}

/** Bodies that hang after so many bytes of theirs have been read. */
async function pour(count: number, bytes: number): Promise<Sending[]> {
  const poured = Array.from({ length: count }, () => begin(1024 * KIB));
  await Promise.all(
    poured.map(({ request }) => new Promise((resolve) => request.write(Buffer.alloc(bytes), resolve))),
  );
  return poured;
}

test('bodies beyond what all may have together are answered 503 with a time to come again; small ones are taken', async () => {
  const poured = await pour(4, 200 * KIB);
  const refused = await Promise.race(poured.map(({ answer }) => answer));
  expect(refused).toMatchObject({ status: 503, retryAfter: '5' });
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'platform.too_much_at_once' });
  expect(await send(3 * KIB)).toMatchObject({ status: 200, body: JSON.stringify({ length: 3 * KIB }) });
  for (const { request } of poured) request.destroy();
});

test('what is done or cut off counts no more', async () => {
  for (let round = 0; round < 8; round++) {
    const cut = await pour(1, 300 * KIB);
    cut[0]?.request.destroy();
    for (;;) {
      const { status } = await send(300 * KIB);
      // The other side's end is noticed a moment later.
      if (status === 200) break;
    }
  }
  expect((await send(500 * KIB)).status).toBe(200);
});

test('a declared length alone takes nothing from others', async () => {
  const declared = Array.from({ length: 20 }, () => begin(1024 * KIB));
  for (const { request } of declared) request.flushHeaders();
  expect((await send(500 * KIB)).status).toBe(200);
  for (const { request } of declared) request.destroy();
});

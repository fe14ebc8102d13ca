import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from './test-server.fixture.ts';
import type { TestServer } from './test-server.fixture.ts';

let test: TestServer;
let port: number;
beforeAll(async () => {
  test = await startTestServer(
    (server) => {
      const patient = { access: 'public', bodyTimeout: 30_000 } as const;
      server.post('/api/v1/upload', { config: patient }, (request) => ({ got: request.body }));
      server.post('/api/v1/free', { config: { access: 'public' } }, (request) => ({
        ip: request.ip,
        got: request.body,
      }));
    },
    { requestTimeout: 300 },
  );
  await test.server.listen({ port: 0, host: '127.0.0.1' });
  port = (test.server.server.address() as AddressInfo).port;
});
afterAll(() => test.server.close());

/** Sends bytes and leaves the connection open; gives what came back when the server ends it. */
async function hold(bytes: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString()));
  socket.write(bytes);
  await once(socket, 'close');
  return received;
}

describe('a connection', () => {
  it('that never finishes its headers or its body is ended', async () => {
    const head = 'POST /api/v1/free HTTP/1.1\r\nhost: x\r\n';
    const answers = await Promise.all([
      hold(head),
      hold(`${head}content-type: application/json\r\ncontent-length: 50\r\n\r\n{"slow`),
    ]);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('may take its time where the route says so', async () => {
    const socket = connect(port, '127.0.0.1');
    const answer = once(socket, 'data');
    socket.write(
      'POST /api/v1/upload HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\ntr',
    );
    // Another connection that is given up meanwhile proves that the usual time has passed.
    await hold(
      'POST /api/v1/free HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n',
    );
    socket.write('ue');
    expect(String((await answer)[0])).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it('with nonsense is answered with 400', async () => {
    expect(await hold('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is not believed about its address unless a proxy is trusted', async () => {
    const send = async (server: TestServer) => {
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      const answer = await server.server.inject({ method: 'POST', url: '/api/v1/free', headers });
      return answer.json<{ ip: string }>().ip;
    };
    expect(await send(test)).toBe('127.0.0.1');
    const trusting = await startTestServer(
      (server) =>
        void server.post('/api/v1/free', { config: { access: 'public' } }, (request) => ({ ip: request.ip })),
      { trustedProxies: ['127.0.0.0/8'] },
    );
    expect(await send(trusting)).toBe('203.0.113.9');
    await trusting.server.close();
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import type { HttpServer } from './server.ts';
import { startTestServer } from './test-server.fixture.ts';

let server: HttpServer | undefined;
afterEach(() => server?.close());

describe('health', () => {
  it('is alive even when it is not ready', async () => {
    const failing = { name: 'database', check: () => Promise.reject(new Error('password canary is wrong')) };
    const test = await startTestServer(() => undefined, { readiness: [failing] });
    server = test.server;
    expect((await server.inject('/healthz')).json()).toEqual({ status: 'ok' });
  });

  it('is ready when every check passes', async () => {
    const passing = { name: 'database', check: () => Promise.resolve() };
    server = (await startTestServer(() => undefined, { readiness: [passing] })).server;
    const answer = await server.inject('/readyz');
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { status: 'ready', checks: [{ name: 'database', ok: true }] },
    ]);
  });

  it('names the parts that are not ready, and why only in the log', async () => {
    const readiness = [
      { name: 'database', check: () => Promise.reject(new Error('host db-17 is down')) },
      { name: 'workers', check: () => Promise.resolve() },
    ];
    const test = await startTestServer(() => undefined, { readiness });
    server = test.server;
    const answer = await server.inject('/readyz');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(answer.json()).toMatchObject({
      code: 'platform.not_ready',
      detail: 'Not ready: database.',
      details: {
        checks: [
          { name: 'database', ok: false },
          { name: 'workers', ok: true },
        ],
      },
    });
    expect(answer.body).not.toContain('db-17');
    expect(test.logs.join('')).toContain('db-17');
  });
});

describe('metrics', () => {
  it('count requests by route pattern, never by address', async () => {
    const test = await startTestServer((routes) => {
      routes.get('/api/v1/customers/:id', { config: { access: 'public' } }, () => 'x');
    });
    server = test.server;
    await server.inject('/api/v1/customers/491701234567?q=canary');
    await server.inject('/nothing/491701234567');
    const answer = await server.inject('/metrics');
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.body).toContain(
      'switchboard_http_request_duration_seconds_count{method="GET",route="/api/v1/customers/:id",status="200"} 1',
    );
    expect(answer.body).toContain('route="unknown",status="404"');
    expect(answer.body).not.toMatch(/49170|canary/);
  });

  it('take only labels from the list', async () => {
    const test = await startTestServer(() => undefined);
    server = test.server;
    const labelNames = ['phone'] as unknown as ['kind'];
    expect(() => test.metrics.counter({ name: 'x_total', help: 'x', labelNames })).toThrow(/not on the list/);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from './test-server.fixture.ts';
import type { TestServer } from './test-server.fixture.ts';
import { serveWebApp } from './web-app.ts';

const root = mkdtempSync(join(tmpdir(), 'switchboard-web-'));
const dist = join(root, 'dist');
let test: TestServer;
beforeAll(async () => {
  test = await startTestServer(async (server) => {
    server.get('/api/v1/things', { config: { access: 'public' } }, () => 'x');
    await serveWebApp(server, dist, [
      {
        path: '/sign-up',
        scripts: ['https://scripts.example.test'],
        connections: ['https://api.example.test'],
        frames: ['https://frames.example.test'],
      },
    ]);
  });
});
afterAll(async () => {
  await test.server.close();
  rmSync(root, { recursive: true, force: true });
});

describe('the browser app', () => {
  it('says so while it is not built', async () => {
    const answer = await test.server.inject('/');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(answer.body).toContain('npm run build:web');
  });

  describe('once it is built', () => {
    beforeAll(() => {
      mkdirSync(join(dist, 'assets'), { recursive: true });
      writeFileSync(join(dist, 'index.html'), '<!doctype html><title>App</title>');
      writeFileSync(join(dist, 'assets', 'main-abc123.js'), 'export {};');
      writeFileSync(join(dist, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
      writeFileSync(join(dist, '.secret'), 'canary');
      writeFileSync(join(root, 'outside.txt'), 'canary');
    });

    it('is one page for every address that only the app knows, asked for anew each time', async () => {
      for (const url of ['/', '/inbox', '/conversations/0199?tab=notes', '/index.html']) {
        const answer = await test.server.inject(url);
        expect([answer.statusCode, answer.headers['cache-control']], url).toEqual([200, 'no-cache']);
        expect(answer.body).toContain('<title>App</title>');
        const policy = String(answer.headers['content-security-policy']);
        expect(policy).toMatch(/default-src 'self';.*;require-trusted-types-for 'script'$/);
      }
    });

    it('lets in what a page of another origin needs on that page alone', async () => {
      const policyOf = async (url: string) =>
        String((await test.server.inject(url)).headers['content-security-policy']);
      const wider = await policyOf('/sign-up?state=x');
      expect(wider).toContain("script-src 'self' https://scripts.example.test;");
      expect(wider).toContain("frame-src 'self' https://frames.example.test;");
      expect(wider).not.toContain('require-trusted-types-for');
      for (const url of ['/', '/sign-up/more', '/inbox?next=/sign-up'])
        expect(await policyOf(url)).not.toContain('example.test');
    });

    it('has hashed files kept for ever and others for an hour', async () => {
      const asset = await test.server.inject('/assets/main-abc123.js');
      expect(asset.headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        'content-type': expect.stringContaining('javascript') as string,
      });
      expect((await test.server.inject('/favicon.svg')).headers['cache-control']).toBe(
        'public, max-age=3600',
      );
    });

    it('answers a missing file with 404 that nobody keeps', async () => {
      const answer = await test.server.inject('/assets/gone-1.js');
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([404, 'no-store']);
    });

    it('leaves the addresses of the server alone', async () => {
      for (const url of [
        '/api',
        '/api/v1/nothing',
        '/webhooks/x',
        '/simulator/x',
        '/metrics/x',
        '/docs/nothing',
      ]) {
        const answer = await test.server.inject(url);
        expect([answer.statusCode, answer.headers['content-type']], url).toEqual([
          404,
          'application/problem+json',
        ]);
      }
      expect((await test.server.inject({ method: 'POST', url: '/api/v1/things' })).statusCode).toBe(405);
      expect((await test.server.inject({ method: 'POST', url: '/inbox' })).statusCode).toBe(404);
    });

    it('shows no file outside its folder and no hidden one', async () => {
      for (const url of [
        '/../outside.txt',
        '/%2e%2e/outside.txt',
        '/..%2foutside.txt',
        '/assets/../../outside.txt',
        '/.secret',
      ]) {
        const answer = await test.server.inject(url);
        expect(answer.body, url).not.toContain('canary');
        expect([400, 403, 404], url).toContain(answer.statusCode);
      }
    });
  });
});

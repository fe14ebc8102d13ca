import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from './test-server.fixture.ts';
import type { TestServer } from './test-server.fixture.ts';

let test: TestServer;
beforeAll(async () => {
  const body = Type.Object({ name: Type.String() }, { additionalProperties: false });
  const answer = Type.Object({ id: Type.String() });
  test = await startTestServer((server) => {
    const schema = { summary: 'Make a thing', body, response: { 201: answer } };
    server.post('/api/v1/things', { schema, config: { access: 'messages:send' } }, (_request, reply) => {
      void reply.status(201);
      return { id: '1', secret: 'canary' };
    });
    server.get('/api/v1/open', { config: { access: 'public' } }, () => 'x');
  });
});
afterAll(() => test.server.close());

describe('the documentation', () => {
  it('is OpenAPI 3.1 with schemas, access and the shape of errors', async () => {
    const answer = await test.server.inject('/api/openapi.json');
    expect(answer.json()).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Switchboard', version: '1.2.3' },
      components: { securitySchemes: { bearer: { scheme: 'bearer' }, cookie: { in: 'cookie' } } },
      paths: {
        '/api/v1/things': {
          post: {
            summary: 'Make a thing',
            description: 'Needs the permission `messages:send`.',
            security: [{ bearer: [] }, { cookie: [] }],
            requestBody: { content: { 'application/json': { schema: { additionalProperties: false } } } },
            responses: {
              default: {
                content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
              },
            },
          },
        },
        '/api/v1/open': { get: { security: [] } },
      },
    });
  });

  it('lists neither itself nor the pages for machines', async () => {
    const { paths } = (await test.server.inject('/api/openapi.json')).json<{ paths: object }>();
    expect(Object.keys(paths)).toEqual(['/api/v1/things', '/api/v1/open']);
  });

  it('can be read in a browser without a script of anyone else', async () => {
    expect((await test.server.inject('/docs')).statusCode).toBe(200);
    const page = await test.server.inject('/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/<script(?![^>]*src=)[^>]*>[^<]*\S/);
    const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) {
      expect(source).toMatch(/^\.?\//);
      const { pathname } = new URL(source, 'http://x/docs/');
      expect((await test.server.inject(pathname)).statusCode, source).toBe(200);
    }
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
  });
});

describe('an answer with a schema', () => {
  it('says nothing that the schema does not know', async () => {
    const headers = { authorization: 'Bearer olga' };
    const answer = await test.server.inject({
      method: 'POST',
      url: '/api/v1/things',
      headers,
      payload: { name: 'a' },
    });
    expect([answer.statusCode, answer.json()]).toEqual([201, { id: '1' }]);
  });
});

/** API keys over HTTP. Only somebody who signed in manages them, never a key. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import * as contract from './contract.ts';
import { createApiKey } from './create-api-key.ts';
import { listApiKeys } from './list-api-keys.ts';
import { revokeApiKey } from './revoke-api-key.ts';

const tags = ['API keys'];
const config = { access: 'self:manage' } as const;

export function apiKeyRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/api-keys',
    {
      config,
      schema: {
        tags,
        description: 'Your keys; an owner sees those of the organization.',
        querystring: contract.ApiKeysQuery,
        response: { 200: contract.ApiKeyPage },
      },
    },
    (request) => listApiKeys(app, actorOf(request), request.query),
  );
  server.post(
    '/api/v1/api-keys',
    {
      config,
      schema: {
        tags,
        description: 'Makes a key that acts as you. The answer is the only place where `key` is ever shown.',
        body: contract.NewApiKey,
        response: { 201: contract.MadeApiKey },
      },
    },
    async (request, reply) => reply.status(201).send(await createApiKey(app, actorOf(request), request.body)),
  );
  server.delete(
    '/api/v1/api-keys/:id',
    { config, schema: { tags, params: Type.Object({ id: Type.String() }), response: { 204: Type.Null() } } },
    async (request, reply) => {
      await revokeApiKey(app, actorOf(request), request.params.id);
      return reply.status(204).send(null);
    },
  );
}

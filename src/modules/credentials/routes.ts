/** An organization's own Meta app over HTTP, for its owners. Secrets leave masked everywhere but at `/config/full`. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import { IfMatch, tagged } from '../../platform/http/entity-tag.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import * as contract from './contract.ts';
import { getConfigOverview, getConfiguration, getFullConfiguration } from './read-configuration.ts';
import { deleteConfiguration, restoreConfiguration, switchConfiguration } from './switch-configuration.ts';
import { configVersion } from './rules.ts';
import { changeConfiguration, createConfiguration } from './write-configuration.ts';

const tags = ['Credentials'];
const PATH = '/api/v1/tenant/config';
const config = { access: 'organization:manage' } as const;

export function credentialRoutes(server: HttpServer, app: App): void {
  const Masked = { 200: contract.TenantConfig };

  server.get(PATH, { config, schema: { tags, response: Masked } }, async (request, reply) => {
    const found = await getConfiguration(app, actorOf(request));
    return tagged(reply, found, configVersion(found));
  });
  server.get(
    `${PATH}/full`,
    {
      config,
      schema: {
        tags,
        description: 'With secrets in plain text: only within five minutes of a sign-in, never by API key.',
        response: { 200: contract.FullTenantConfig },
      },
    },
    (request) => getFullConfiguration(app, actorOf(request)),
  );
  server.get(
    `${PATH}/overview`,
    {
      config,
      schema: {
        tags,
        description: 'The ETag is that of the configuration in it.',
        response: { 200: contract.ConfigOverview },
      },
    },
    async (request, reply) => {
      const overview = await getConfigOverview(app, actorOf(request));
      return tagged(reply, overview, overview.config && configVersion(overview.config));
    },
  );
  server.post(
    PATH,
    { config, schema: { tags, body: contract.ConfigBody, response: { 201: contract.TenantConfig } } },
    async (request, reply) =>
      reply.status(201).send(await createConfiguration(app, actorOf(request), request.body)),
  );
  server.put(
    PATH,
    { config, schema: { tags, headers: IfMatch, body: contract.ConfigBody, response: Masked } },
    async (request, reply) => {
      const change = { body: request.body, ifMatch: request.headers['if-match'] };
      const changed = await changeConfiguration(app, actorOf(request), change);
      return tagged(reply, changed, configVersion(changed));
    },
  );
  server.delete(
    PATH,
    {
      config,
      schema: {
        tags,
        description: 'Only within five minutes of a sign-in, never by API key. Can be restored for 30 days.',
        response: { 200: contract.DeletedConfig },
      },
    },
    (request) => deleteConfiguration(app, actorOf(request)),
  );
  server.post(`${PATH}/restore`, { config, schema: { tags, response: Masked } }, (request) =>
    restoreConfiguration(app, actorOf(request)),
  );
  server.post(`${PATH}/activate`, { config, schema: { tags, response: Masked } }, (request) =>
    switchConfiguration(app, actorOf(request), true),
  );
  server.post(`${PATH}/deactivate`, { config, schema: { tags, response: Masked } }, (request) =>
    switchConfiguration(app, actorOf(request), false),
  );
}

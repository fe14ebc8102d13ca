/** Numbers' settings and who answers on them, over HTTP. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import * as contract from './contract-numbers.ts';
import { assignNumber, changeNumber, listNumbersOf } from './number-settings.ts';
import { endOwnConfiguration, readOwnConfiguration, writeOwnConfiguration } from './own-configuration.ts';

const tags = ['Numbers'];
const manage = { access: 'organization:manage' } as const;
const own = { access: 'self:read' } as const;
/** A key that may only read must not change where somebody answers. */
const changeOwn = { access: 'waba:connect' } as const;
const params = Type.Object({ id: Type.String() });
const response = { 200: contract.NumberSettings };
const OWN = '/api/v1/whatsapp-configuration';

export function numberRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/phone-numbers',
    { config: { access: 'waba:read' }, schema: { tags, response: { 200: contract.NumberSettingsPage } } },
    async (request) => ({ data: await listNumbersOf(app, actorOf(request)), next_cursor: null }),
  );
  server.patch(
    '/api/v1/phone-numbers/:id',
    { config: manage, schema: { tags, params, body: contract.NumberPatch, response } },
    (request) => changeNumber(app, actorOf(request), request.params.id, request.body),
  );
  server.put(
    '/api/v1/phone-numbers/:id/answering-user',
    { config: manage, schema: { tags, params, body: contract.AnsweringUserBody, response } },
    (request) => assignNumber(app, actorOf(request), request.params.id, request.body),
  );
  ownConfigurationRoutes(server, app);
}

function ownConfigurationRoutes(server: HttpServer, app: App): void {
  const shown = { 200: contract.WhatsappConfiguration };
  server.get(OWN, { config: own, schema: { tags, response: shown } }, (request) =>
    readOwnConfiguration(app, actorOf(request)),
  );
  server.put(
    OWN,
    { config: changeOwn, schema: { tags, body: contract.WhatsappConfigurationBody, response: shown } },
    (request) => writeOwnConfiguration(app, actorOf(request), request.body),
  );
  server.delete(
    OWN,
    { config: changeOwn, schema: { tags, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await endOwnConfiguration(app, actorOf(request));
      return reply.code(204).send(null);
    },
  );
}

/** WhatsApp accounts over HTTP. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { getStatus } from './account-status.ts';
import { connectAccount } from './connect-account.ts';
import { changeNumber } from './change-number.ts';
import { ConnectBody, NumberPatch, PhoneNumber, WabaAccount, WabaStatus } from './contract.ts';

const tags = ['WhatsApp accounts'];

export function wabaRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/waba/status',
    { config: { access: 'waba:read' }, schema: { tags, response: { 200: WabaStatus } } },
    (request) => getStatus(app, actorOf(request)),
  );
  server.post(
    '/api/waba/connect',
    {
      config: { access: 'waba:connect' },
      schema: { tags, body: ConnectBody, response: { 200: WabaAccount } },
    },
    (request) => connectAccount(app, actorOf(request), request.body),
  );
  server.patch(
    '/api/v1/phone-numbers/:id',
    {
      config: { access: 'organization:manage' },
      schema: {
        tags,
        params: Type.Object({ id: Type.String() }),
        body: NumberPatch,
        response: { 200: PhoneNumber },
      },
    },
    (request) => changeNumber(app, actorOf(request), request.params.id, request.body),
  );
}

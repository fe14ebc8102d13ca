/** WhatsApp accounts over HTTP. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { getStatus } from './account-status.ts';
import { changeNumber } from './change-number.ts';
import { NumberPatch, PhoneNumber, WabaStatus } from './contract.ts';
import { configRoutes } from './routes-config.ts';
import { connectingRoutes } from './routes-connecting.ts';

const tags = ['WhatsApp accounts'];

export function wabaRoutes(server: HttpServer, app: App): void {
  configRoutes(server, app);
  connectingRoutes(server, app);
  server.get(
    '/api/waba/status',
    { config: { access: 'waba:read' }, schema: { tags, response: { 200: WabaStatus } } },
    (request) => getStatus(app, actorOf(request)),
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

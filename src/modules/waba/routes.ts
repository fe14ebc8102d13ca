/** WhatsApp accounts over HTTP. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { getStatus } from './account-status.ts';
import { connectAccount } from './connect-account.ts';
import { ConnectBody, WabaAccount, WabaStatus } from './contract.ts';

const tags = ['WhatsApp accounts'];

export function wabaRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/waba/status',
    { config: { access: 'waba:read' }, schema: { tags, response: { 200: WabaStatus } } },
    (request) => getStatus(app, actorOf(request)),
  );
  server.post(
    '/api/waba/connect',
    { config: { access: 'waba:connect' }, schema: { tags, body: ConnectBody, response: { 200: WabaAccount } } },
    (request) => connectAccount(app, actorOf(request), request.body),
  );
}

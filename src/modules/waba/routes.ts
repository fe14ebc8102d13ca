/** WhatsApp accounts over HTTP. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { getStatus } from './account-status.ts';
import { WabaStatus } from './contract.ts';
import { configRoutes } from './routes-config.ts';
import { connectingRoutes } from './routes-connecting.ts';
import { healthRoutes } from './routes-health.ts';
import { numberRoutes } from './routes-numbers.ts';

const tags = ['WhatsApp accounts'];

export function wabaRoutes(server: HttpServer, app: App): void {
  configRoutes(server, app);
  connectingRoutes(server, app);
  healthRoutes(server, app);
  numberRoutes(server, app);
  server.get(
    '/api/waba/status',
    { config: { access: 'waba:read' }, schema: { tags, response: { 200: WabaStatus } } },
    (request) => getStatus(app, actorOf(request)),
  );
}

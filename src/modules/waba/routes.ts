/** WhatsApp accounts over HTTP. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ConfigCheck } from '../credentials/contract.ts';
import { getStatus } from './account-status.ts';
import { checkConfiguration } from './check-configuration.ts';
import { WabaStatus } from './contract.ts';
import { connectingRoutes } from './routes-connecting.ts';
import { healthRoutes } from './routes-health.ts';
import { numberRoutes } from './routes-numbers.ts';

const tags = ['WhatsApp accounts'];
/** It asks Meta several questions; nobody needs it more often. */
const checking = { access: 'organization:manage', rateLimit: { max: 20, timeWindow: '1 minute' } } as const;

export function wabaRoutes(server: HttpServer, app: App): void {
  connectingRoutes(server, app);
  healthRoutes(server, app);
  numberRoutes(server, app);
  server.get(
    '/api/waba/status',
    { config: { access: 'waba:read' }, schema: { tags, response: { 200: WabaStatus } } },
    (request) => getStatus(app, actorOf(request)),
  );
  server.post(
    '/api/v1/tenant/config/check',
    { config: checking, schema: { tags: ['Credentials'], response: { 200: ConfigCheck } } },
    (request) => checkConfiguration(app, actorOf(request)),
  );
}

/** A landlord's part in the central number, over HTTP. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { changeOptIn, getOptIn } from './change-opt-in.ts';
import { OptIn, OptInBody } from './contract.ts';

const tags = ['Central number'];
const response = { 200: OptIn };

export function rentalRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/whatsapp/opt-in',
    { config: { access: 'self:read' }, schema: { tags, response } },
    (request) => getOptIn(app, actorOf(request)),
  );
  server.put(
    '/api/v1/whatsapp/opt-in',
    {
      config: { access: 'profile:update' },
      schema: {
        tags,
        description: 'Opts in or out. Each change is added to the ledger of consent.',
        body: OptInBody,
        response,
      },
    },
    (request) => {
      const actor = actorOf(request);
      return changeOptIn(app, actor, request.body, actor.apiKeyId === null ? 'settings' : 'api');
    },
  );
}

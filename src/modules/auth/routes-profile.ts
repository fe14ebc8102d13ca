/** One's own name over HTTP. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { Me, ProfilePatch } from './contract.ts';
import { renameMe } from './rename-me.ts';

export function profileRoutes(server: HttpServer, app: App): void {
  server.patch(
    '/api/v1/auth/me',
    {
      config: { access: 'profile:update' },
      schema: { tags: ['People and sessions'], body: ProfilePatch, response: { 200: Me } },
    },
    (request) => renameMe(app, actorOf(request), request.body),
  );
}

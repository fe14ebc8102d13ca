/** Automatic messages over HTTP. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import { IfMatch, tagged } from '../../platform/http/entity-tag.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { changeAutomaticMessages, getAutomaticMessages } from './automatic-messages.ts';
import { AutomaticMessages } from './contract-automatic.ts';

const tags = ['Automatic messages'];
const response = { 200: AutomaticMessages };

export function automaticMessageRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/automatic-messages',
    { config: { access: 'self:read' }, schema: { tags, response } },
    async (request, reply) => tagged(reply, await getAutomaticMessages(app, actorOf(request))),
  );
  server.put(
    '/api/v1/automatic-messages',
    {
      config: { access: 'organization:manage' },
      schema: {
        tags,
        description:
          'Sets the language of automatic messages, the notice to people who wait in triage, and further words of consent.',
        headers: IfMatch,
        body: AutomaticMessages,
        response,
      },
    },
    async (request, reply) => {
      const change = { wanted: request.body, ifMatch: request.headers['if-match'] };
      return tagged(reply, await changeAutomaticMessages(app, actorOf(request), change));
    },
  );
}

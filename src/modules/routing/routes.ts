/** Routing over HTTP: why a message is where it is, and what would happen to one. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import * as contract from './contract.ts';
import { explainRoute, readRoute } from './explain-route.ts';

const tags = ['Routing'];

export function routingRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/messages/:id/route',
    {
      config: { access: 'conversations:read' },
      schema: {
        tags,
        description: 'Which rule sent an inbound message where, from which candidates, and why.',
        params: Type.Object({ id: Type.String() }),
        response: { 200: contract.Route },
      },
    },
    (request) => readRoute(app, actorOf(request), request.params.id),
  );
  server.post(
    '/api/v1/routing/explain',
    {
      config: { access: 'organization:manage' },
      schema: {
        tags,
        description:
          'What would happen if somebody wrote on a number now, with the number as it is or with another mode or order of rules. Nothing is stored.',
        body: contract.ExplainBody,
        response: { 200: contract.Explanation },
      },
    },
    (request) => explainRoute(app, actorOf(request), request.body),
  );
}

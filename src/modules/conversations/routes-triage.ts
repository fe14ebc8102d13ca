/** Triage over HTTP, for owners. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { assignAllFromTriage, assignFromTriage, changeTriage } from './clear-triage.ts';
import * as contract from './contract-triage.ts';
import { listTriage, listTriageMessages } from './read-triage.ts';

const tags = ['Triage'];
const config = { access: 'organization:manage' } as const;
const changed = { 200: contract.TriageChanged };

export function triageRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/triage',
    {
      config,
      schema: { tags, querystring: contract.TriageQuery, response: { 200: contract.TriagePage } },
    },
    (request) => listTriage(app, actorOf(request), request.query),
  );
  server.get(
    '/api/v1/triage/:id/messages',
    {
      config,
      schema: {
        tags,
        params: Type.Object({ id: Type.String() }),
        querystring: contract.TriageMessagesQuery,
        response: { 200: contract.TriageMessagePage },
      },
    },
    (request) => listTriageMessages(app, actorOf(request), request.params.id, request.query),
  );
  server.post(
    '/api/v1/triage/:id/assign',
    {
      config,
      schema: {
        tags,
        description:
          'Moves everything that the sender wrote to the user; their next message goes there too. Conversations stay unread.',
        params: Type.Object({ id: Type.String() }),
        body: contract.TriageAssignBody,
        response: { 200: contract.TriageAssigned },
      },
    },
    (request) => assignFromTriage(app, actorOf(request), request.params.id, request.body.user_id),
  );
  server.post(
    '/api/v1/triage/assign',
    { config, schema: { tags, body: contract.TriageBulkAssignBody, response: changed } },
    (request) => assignAllFromTriage(app, actorOf(request), request.body),
  );
  server.post(
    '/api/v1/triage/state',
    {
      config,
      schema: {
        tags,
        description: 'Puts senders aside, blocks them, or takes them back to those who wait.',
        body: contract.TriageStateBody,
        response: changed,
      },
    },
    (request) => changeTriage(app, actorOf(request), request.body),
  );
}

/** The inbox over HTTP. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { assignConversation } from './assign-conversation.ts';
import { changeConversation, markRead } from './change-conversation.ts';
import * as contract from './contract.ts';
import { BlockedSenderPage, BlockedSendersQuery } from './contract-blocked.ts';
import { HandedOver, HandOverBody } from './contract-hand-over.ts';
import { eventStreamRoute } from './event-stream-route.ts';
import { handOverConversation } from './hand-over-conversation.ts';
import { listBlockedSenders } from './list-blocked-senders.ts';
import { getConversation, listConversations, listMessages } from './read-inbox.ts';
import { triageRoutes } from './routes-triage.ts';

const tags = ['Inbox'];
const params = Type.Object({ id: Type.String() });
const read = { access: 'conversations:read' } as const;
const update = { access: 'conversations:update' } as const;
const response = { 200: contract.Conversation };

export function conversationRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/conversations',
    {
      config: read,
      schema: {
        tags,
        querystring: contract.ConversationsQuery,
        response: { 200: contract.ConversationPage },
      },
    },
    (request) => listConversations(app, actorOf(request), request.query),
  );
  server.get('/api/v1/conversations/:id', { config: read, schema: { tags, params, response } }, (request) =>
    getConversation(app, actorOf(request), request.params.id),
  );
  server.patch(
    '/api/v1/conversations/:id',
    {
      config: update,
      schema: {
        tags,
        description:
          'Archives, blocks (with a reason, if there is one) or brings back. What somebody blocked writes is kept, counts as unread for nobody and is not answered.',
        params,
        body: contract.ConversationPatch,
        response,
      },
    },
    (request) => changeConversation(app, actorOf(request), request.params.id, request.body),
  );
  server.post(
    '/api/v1/conversations/:id/read',
    { config: update, schema: { tags, params, response } },
    (request) => markRead(app, actorOf(request), request.params.id),
  );
  server.post(
    '/api/v1/conversations/:id/assign',
    {
      config: update,
      schema: {
        tags,
        description:
          'Lets a colleague answer besides the agent whose conversation it is, or with null nobody. The conversation stays with its agent.',
        params,
        body: contract.AssignBody,
        response,
      },
    },
    (request) => assignConversation(app, actorOf(request), request.params.id, request.body),
  );
  server.post(
    '/api/v1/conversations/:id/hand-over',
    {
      config: update,
      schema: {
        tags,
        description:
          'Gives the customer to a colleague for good, with everything written on every number, files and orders. The former agent does not see them any more; what the customer writes next goes to the colleague. For owners and the agent whose conversation it is.',
        params,
        body: HandOverBody,
        response: { 200: HandedOver },
      },
    },
    (request) => handOverConversation(app, actorOf(request), request.params.id, request.body),
  );
  server.get(
    '/api/v1/conversations/:id/messages',
    {
      config: read,
      schema: { tags, params, querystring: contract.MessagesQuery, response: { 200: contract.MessagePage } },
    },
    (request) => listMessages(app, actorOf(request), request.params.id, request.query),
  );
  server.get(
    '/api/v1/blocked-senders',
    {
      config: read,
      schema: { tags, querystring: BlockedSendersQuery, response: { 200: BlockedSenderPage } },
    },
    (request) => listBlockedSenders(app, actorOf(request), request.query),
  );
  triageRoutes(server, app);
  eventStreamRoute(server, app);
}

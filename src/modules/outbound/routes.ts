/** Answering over HTTP. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { Message, SendMessageBody } from '../conversations/contract.ts';
import { sendMessage } from './send-message.ts';

export function outboundRoutes(server: HttpServer, app: App): void {
  server.post(
    '/api/v1/conversations/:id/messages',
    {
      config: { access: 'messages:send' },
      schema: {
        tags: ['Inbox'],
        description:
          'Queues a message. Repeat a request whose answer was lost with the same Idempotency-Key: it is sent once.',
        params: Type.Object({ id: Type.String() }),
        headers: Type.Object({
          'idempotency-key': Type.Optional(
            Type.String({ minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' }),
          ),
        }),
        body: SendMessageBody,
        response: { 202: Message },
      },
    },
    async (request, reply) => {
      const idempotencyKey = request.headers['idempotency-key'] ?? null;
      const message = await sendMessage(app, actorOf(request), {
        conversationId: request.params.id,
        body: request.body,
        idempotencyKey,
      });
      return reply.status(202).send(message);
    },
  );
}

/** Where Meta delivers. The path is Meta's to call: no session, but a signature over every byte. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { rawBody, takeRawBodies, WEBHOOK_BODY_LIMIT } from '../../platform/http/raw-body.ts';
import { failpoint } from '../../platform/failpoints.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { HandshakeQuery } from './contract.ts';
import { answerHandshake, receiveDelivery } from './receive-webhook.ts';

const tags = ['Webhook'];
const PATH = '/webhooks/whatsapp';

export async function inboundRoutes(server: HttpServer, app: App): Promise<void> {
  server.get(
    PATH,
    {
      // Guessing the token is slowed down; Meta asks once.
      config: { access: 'public', rateLimit: { max: 30, timeWindow: '1 minute' } },
      schema: {
        tags,
        description: "Meta's verification request.",
        querystring: HandshakeQuery,
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      void reply.type('text/plain; charset=utf-8');
      return answerHandshake(app, request.query);
    },
  );
  await takeRawBodies(server, (scope) => {
    scope.post(
      PATH,
      {
        bodyLimit: WEBHOOK_BODY_LIMIT,
        config: { access: 'public' },
        onResponse: () => failpoint('inbound.acknowledged') ?? Promise.resolve(),
        schema: {
          tags,
          description:
            'Deliveries of the Meta app: answered 200 when they are committed, 503 when they cannot be.',
        },
      },
      async (request, reply) => {
        await receiveDelivery(app, rawBody(request), request.headers['x-hub-signature-256']);
        return reply.type('text/plain; charset=utf-8').send('EVENT_RECEIVED');
      },
    );
  });
}

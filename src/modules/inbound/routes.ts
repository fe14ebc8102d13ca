/**
 * Where Meta delivers: the install's own address, and one for each organization with a Meta app of its own. The paths are Meta's to
 * call: no session, but a signature over every byte.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { App } from '../../app.ts';
import { AppError } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { isCompressed, rawBody, takeRawBodies, WEBHOOK_BODY_LIMIT } from '../../platform/http/raw-body.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { HandshakeQuery, TenantParams } from './contract.ts';
import { findReceiver } from './find-receiver.ts';
import { answerHandshake, receiveDelivery } from './receive-webhook.ts';

const tags = ['Webhook'];
const PATH = '/webhooks/whatsapp';
const TENANT_PATH = `${PATH}/:tenant_id`;

const config = { access: 'public' } as const;
const handshake = {
  tags,
  description: "Meta's verification request.",
  querystring: HandshakeQuery,
  response: { 200: Type.String() },
};
const delivery = {
  tags,
  description: 'Deliveries of the Meta app: answered 200 when they are committed, 503 when they cannot be.',
};

/** Only wrong tokens are counted, by address: whoever guesses has to wait, and Meta with the right one never does. */
function slowDownGuesses(server: HttpServer): (request: FastifyRequest) => Promise<void> {
  const count = server.createRateLimit({ max: 30, timeWindow: '1 minute' });
  return async (request) => {
    const limit = await count(request);
    if (limit.isAllowed || !limit.isExceeded) return;
    const seconds = limit.ttlInSeconds;
    const remedy = `Too many wrong verify tokens. Try again in ${String(seconds)} seconds.`;
    throw new AppError('inbound.too_many_guesses', 429, remedy, { retry_after: seconds });
  };
}

function addHandshakes(server: HttpServer, app: App): void {
  const slowDown = slowDownGuesses(server);
  const answer = async (
    request: FastifyRequest<{ Querystring: HandshakeQuery }>,
    reply: FastifyReply,
    tenantId: string | null,
  ) => {
    const receiver = await findReceiver(app, tenantId);
    try {
      const challenge = answerHandshake(receiver, request.query);
      void reply.type('text/plain; charset=utf-8');
      return challenge;
    } catch (error) {
      await slowDown(request);
      throw error;
    }
  };
  server.get(PATH, { config, schema: handshake }, (request, reply) => answer(request, reply, null));
  server.get(TENANT_PATH, { config, schema: { ...handshake, params: TenantParams } }, (request, reply) =>
    answer(request, reply, request.params.tenant_id),
  );
}

export async function inboundRoutes(server: HttpServer, app: App): Promise<void> {
  addHandshakes(server, app);
  const options = {
    bodyLimit: WEBHOOK_BODY_LIMIT,
    config,
    onResponse: () => failpoint('inbound.acknowledged') ?? Promise.resolve(),
  };
  const receive = async (request: FastifyRequest, reply: FastifyReply, tenantId: string | null) => {
    const signature = request.headers['x-hub-signature-256'];
    const body = { body: rawBody(request), isCompressed: isCompressed(request) };
    await receiveDelivery(app, { tenantId, ...body, signature });
    return reply.type('text/plain; charset=utf-8').send('EVENT_RECEIVED');
  };
  await takeRawBodies(server, (scope) => {
    scope.post(PATH, { ...options, schema: delivery }, (request, reply) => receive(request, reply, null));
    scope.post(TENANT_PATH, { ...options, schema: { ...delivery, params: TenantParams } }, (request, reply) =>
      receive(request, reply, request.params.tenant_id),
    );
  });
}

/** The control API over HTTP: a thin skin over `SimulatorControl`, JSON in and out, `{ "error": "…" }` on mistakes. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { publicRoute } from '../public-route.ts';
import type { Simulation } from '../simulation.ts';
import { ControlError } from './control-error.ts';
import type { AccountEvent, SimulatorControl } from './control.ts';
import type { RawWebhook } from './post-raw.ts';
import type { InboundInput } from '../messages/receive-from-customer.ts';
import { ledgerEntry } from '../messages/ledger.ts';
import type { CustomerInput } from '../messages/customers.ts';

type Input = { body: Record<string, unknown>; query: Record<string, string>; path: Record<string, string> };
type Action = (input: Input) => unknown;
type Routes = Record<string, Action>;

export function controlRoutes(app: FastifyInstance, sim: Simulation, control: SimulatorControl): void {
  for (const [route, action] of Object.entries(actions(sim, control))) {
    const [method = 'GET', url = ''] = route.split(' ');
    app.route({
      ...publicRoute,
      method,
      url: `/control${url}`,
      async handler(request, reply) {
        try {
          const result = await action(readInput(request));
          return await reply.send(result ?? { success: true });
        } catch (error) {
          return answerMistake(error, reply);
        }
      },
    });
  }
  mediaRoutes(app, sim, control);
}

function actions(sim: Simulation, control: SimulatorControl): Routes {
  return {
    'GET /accounts': () => ({ data: control.accounts() }),
    'POST /accounts': ({ body }) => control.declareAccount(body),
    'POST /apps': ({ body }) =>
      hideSecret(control.declareApp(body as Parameters<SimulatorControl['declareApp']>[0])),
    'POST /tokens': ({ body }) => control.issueToken(body),
    'POST /tokens/revoke': ({ body }) => ({ revoked: control.revokeTokens(body) }),
    'POST /codes': ({ body }) => control.issueCode(body as Parameters<SimulatorControl['issueCode']>[0]),
    'GET /customers': () => ({ data: control.customers() }),
    'POST /customers': ({ body }) => control.declareCustomer(withFrom(body as CustomerInput)),
    'POST /inbound': ({ body }) => ledgerEntry(control.inbound(withFrom(body as InboundInput))),
    'POST /numbers/:id': ({ path, body }) => control.changeNumber(path['id'] ?? '', body),
    'DELETE /numbers/:id': ({ path }) => control.removeNumber(path['id'] ?? ''),
    'POST /webhook': ({ body }) => control.webhook(body as RawWebhook),
    'POST /event': ({ body }) => control.accountEvent(body as AccountEvent),
    'GET /messages': ({ query }) => ({ data: control.messages(withLimit(query)) }),
    'GET /chats': ({ query }) => ({ data: control.chats(query) }),
    'GET /chats/:phone_number_id/:customer': ({ path }) => ({
      data: control.chat(path['phone_number_id'] ?? '', path['customer'] ?? ''),
    }),
    'POST /chats/:phone_number_id/:customer/read': ({ path }) => ({
      read: control.readChat(path['phone_number_id'] ?? '', path['customer'] ?? ''),
    }),
    'POST /chats/:phone_number_id/:customer/window': ({ path, body }) =>
      control.setWindow(path['phone_number_id'] ?? '', path['customer'] ?? '', body['open'] !== false),
    'GET /deliveries': ({ query }) => ({ data: control.deliveries(withLimit(query)) }),
    'GET /faults': () => control.faults(),
    'PUT /faults': ({ body }) => control.setFaults(body),
    'DELETE /faults': () => control.setFaults(null),
    'POST /templates/:id': ({ path, body }) =>
      control.setTemplateStatus(
        path['id'] ?? '',
        String(body['status'] ?? 'APPROVED'),
        body['reason'] as string,
      ),
    'GET /templates': () => ({ data: Object.values(sim.state.templates) }),
    'POST /reset': ({ body }) => control.reset(body),
  };
}

/** Files for inbound messages: posted as they are, shown to the phone page without a token. */
function mediaRoutes(app: FastifyInstance, sim: Simulation, control: SimulatorControl): void {
  app.route({
    ...publicRoute,
    method: 'POST',
    url: '/control/media',
    async handler(request, reply) {
      const query = request.query as Record<string, string>;
      const bytes = request.body;
      const phoneNumberId = query['phone_number_id'] ?? '';
      if (!Buffer.isBuffer(bytes) || bytes.length === 0 || !sim.state.numbers[phoneNumberId])
        return reply
          .code(400)
          .send({ error: 'Post the bytes of a file, with ?phone_number_id= of a known number.' });
      const item = await control.storeMedia({
        phoneNumberId,
        mimeType: request.headers['content-type'] ?? 'application/octet-stream',
        bytes,
        filename: query['filename'] ?? null,
      });
      return reply.send({
        id: item.id,
        mime_type: item.mime_type,
        sha256: item.sha256,
        file_size: item.file_size,
      });
    },
  });
  app.route({
    ...publicRoute,
    method: 'GET',
    url: '/control/media/:id',
    async handler(request, reply) {
      const { id } = request.params as { id: string };
      const item = sim.state.media[id];
      const bytes = item ? await sim.media.get(id) : null;
      if (!item || !bytes) return reply.code(404).send({ error: `There is no medium ${id}.` });
      // Uploaded by anyone: shown as an image or given as a file, never as a page.
      const shown = /^(image\/(png|jpeg|webp)|audio\/|video\/)/.test(item.mime_type);
      return reply
        .type(shown ? item.mime_type : 'application/octet-stream')
        .header('content-disposition', shown ? 'inline' : 'attachment')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('x-content-type-options', 'nosniff')
        .send(bytes);
    },
  });
}

function readInput(request: FastifyRequest): Input {
  const query = request.query as Record<string, string>;
  const path = request.params as Record<string, string>;
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return { body: {}, query, path };
  let body: unknown;
  try {
    body = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new ControlError(400, 'The body is not JSON.');
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new ControlError(400, 'The body must be a JSON object.');
  return { body: body as Record<string, unknown>, query, path };
}

/** A person is named by `from`, or by `user_id` alone when nobody knows the number. */
function withFrom<T extends CustomerInput>(input: T): T {
  const from: unknown = (input as Partial<T>).from ?? input.user_id;
  if (typeof from !== 'string' || from.trim() === '')
    throw new ControlError(400, '`from` must be a phone number or a user id.');
  return { ...input, from };
}

function withLimit(query: Record<string, string>): Record<string, unknown> & { limit?: number } {
  const { limit, ...rest } = query;
  return limit === undefined ? rest : { ...rest, limit: Number(limit) || 100 };
}

function hideSecret(app: { id: string; webhook_url: string | null }): unknown {
  return { app_id: app.id, webhook_url: app.webhook_url };
}

function answerMistake(error: unknown, reply: FastifyReply): FastifyReply {
  if (!(error instanceof ControlError)) throw error;
  return reply.code(error.status).send({ error: error.message });
}

/** Connecting and disconnecting over HTTP. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import { notFound } from '../../platform/errors.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { isUuid } from '../../platform/ids.ts';
import { startConsent } from './begin-connection.ts';
import { beginConnection, connectAccount } from './connect-account.ts';
import { cancelConnection, chooseAccount, continueConnection } from './continue-connection.ts';
import * as contract from './contract.ts';
import { disconnectAccount } from './disconnect-account.ts';
import { finishConsent } from './exchange-code.ts';
import { onboardClient } from './onboard-client.ts';
import { getConnection, getConnectOptions, listConnections } from './read-connections.ts';
import { registerNumber } from './register-number.ts';
import { revealPin } from './reveal-pin.ts';
import { setPin } from './set-pin.ts';

const tags = ['Connecting WhatsApp'];
const read = { access: 'waba:read' } as const;
const connect = { access: 'waba:connect' } as const;
const manage = { access: 'organization:manage' } as const;

const attempt = Type.Object({ id: Type.String({ maxLength: 64 }) });
const account = Type.Object({ waba_id: Type.String({ maxLength: 64 }) });
const number = Type.Object({
  waba_id: Type.String({ maxLength: 64 }),
  id: Type.String({ maxLength: 64 }),
});
const page = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
  },
  { additionalProperties: false },
);

export function connectingRoutes(server: HttpServer, app: App): void {
  attemptRoutes(server, app);
  stepRoutes(server, app);
  accountRoutes(server, app);
}

function attemptRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/waba/connect/options',
    { config: read, schema: { tags, response: { 200: contract.ConnectOptions } } },
    (request) => getConnectOptions(app, actorOf(request)),
  );
  server.post(
    '/api/waba/oauth/start',
    {
      config: connect,
      schema: { tags, body: contract.StartConsentBody, response: { 201: contract.ConsentStart } },
    },
    async (request, reply) => reply.code(201).send(await startConsent(app, actorOf(request), request.body)),
  );
  server.post(
    '/api/waba/oauth/callback',
    {
      config: connect,
      schema: { tags, body: contract.ConsentAnswer, response: { 200: contract.Connection } },
    },
    (request) => finishConsent(app, actorOf(request), request.body),
  );
  server.post(
    '/api/waba/connections',
    {
      config: connect,
      schema: { tags, body: contract.TokenConnectionBody, response: { 201: contract.Connection } },
    },
    async (request, reply) =>
      reply.code(201).send(await beginConnection(app, actorOf(request), request.body)),
  );
  server.get(
    '/api/waba/connections',
    { config: read, schema: { tags, querystring: page, response: { 200: contract.ConnectionPage } } },
    (request) => listConnections(app, actorOf(request), request.query),
  );
}

/** Throws 404 for what is no id, as for one that is nobody's. */
function connectionId({ id }: { id: string }): string {
  if (!isUuid(id)) throw notFound('connection');
  return id;
}

function stepRoutes(server: HttpServer, app: App): void {
  const response = { 200: contract.Connection };
  server.get(
    '/api/waba/connections/:id',
    { config: read, schema: { tags, params: attempt, response } },
    (request) => getConnection(app, actorOf(request), connectionId(request.params)),
  );
  server.post(
    '/api/waba/connections/:id/continue',
    { config: connect, schema: { tags, params: attempt, response } },
    (request) => continueConnection(app, actorOf(request), connectionId(request.params)),
  );
  server.post(
    '/api/waba/connections/:id/choose',
    { config: connect, schema: { tags, params: attempt, body: contract.ChooseAccountBody, response } },
    (request) => chooseAccount(app, actorOf(request), connectionId(request.params), request.body.waba_id),
  );
  server.delete(
    '/api/waba/connections/:id',
    { config: connect, schema: { tags, params: attempt, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await cancelConnection(app, actorOf(request), connectionId(request.params));
      return reply.code(204).send(null);
    },
  );
}

function accountRoutes(server: HttpServer, app: App): void {
  server.post(
    '/api/waba/connect',
    {
      config: connect,
      schema: { tags, body: contract.ConnectBody, response: { 200: contract.WabaAccount } },
    },
    (request) => connectAccount(app, actorOf(request), request.body),
  );
  server.delete(
    '/api/waba/:waba_id',
    { config: connect, schema: { tags, params: account, response: { 200: contract.Disconnected } } },
    (request) => disconnectAccount(app, actorOf(request), request.params.waba_id),
  );
  server.post(
    '/api/waba/:waba_id/phone-numbers/:id/register',
    {
      config: connect,
      schema: {
        tags,
        params: number,
        body: contract.RegisterNumberBody,
        response: { 200: contract.PhoneNumber },
      },
    },
    (request) => {
      const { waba_id: wabaId, id: phoneNumberId } = request.params;
      return registerNumber(app, actorOf(request), { wabaId, phoneNumberId, pin: request.body.pin });
    },
  );
  server.get(
    '/api/waba/:waba_id/phone-numbers/:id/pin',
    { config: manage, schema: { tags, params: number, response: { 200: contract.NumberPin } } },
    (request) => {
      const { waba_id: wabaId, id: phoneNumberId } = request.params;
      return revealPin(app, actorOf(request), { wabaId, phoneNumberId });
    },
  );
  server.put(
    '/api/waba/:waba_id/phone-numbers/:id/pin',
    {
      config: manage,
      schema: {
        tags,
        description: 'Sets or replaces the two-step PIN at Meta: only within five minutes of a sign-in.',
        params: number,
        body: contract.PinBody,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { waba_id: wabaId, id: phoneNumberId } = request.params;
      await setPin(app, actorOf(request), { wabaId, phoneNumberId, pin: request.body.pin });
      return reply.status(204).send(null);
    },
  );
  server.post(
    '/api/v1/tenant/onboard/whatsapp-client',
    {
      config: manage,
      schema: { tags, body: contract.OnboardBody, response: { 200: contract.Onboarded } },
    },
    (request) => onboardClient(app, actorOf(request), request.body),
  );
}

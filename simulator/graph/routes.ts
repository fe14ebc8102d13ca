/**
 * The Graph API: any `/vNN.N/` prefix or none, then an object id or a fixed name, then an edge. One table of contents;
 * what an id means is looked up, as with Meta.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { publicRoute } from '../public-route.ts';
import type { Simulation } from '../simulation.ts';
import type { Code } from '../state/state.ts';
import { tellPartnerAdded } from '../webhooks/partner-added.ts';
import { traceId } from '../messages/ids.ts';
import {
  addNumber,
  deregister,
  getAccountFields,
  getNumberFields,
  getProfile,
  listAccounts,
  listNumbers,
  register,
  requestCode,
  setProfile,
  updateNumber,
  verifyCode,
} from './accounts.ts';
import { requestAppData } from './app-data.ts';
import { GraphApiError, unknownObject } from './graph-error.ts';
import { authenticate, readParameters } from './graph-request.ts';
import type { GraphContext, GraphRequest, RawParameters } from './graph-request.ts';
import { deleteMedia, downloadMedia, getMedia, uploadMedia } from './media.ts';
import { debugToken, exchangeToken } from './oauth.ts';
import { rateLimits } from './rate-limits.ts';
import { sendMessage } from './send-message.ts';
import {
  getAppCallback,
  listSubscriptions,
  setAppCallback,
  subscribe,
  unsubscribe,
} from './subscriptions.ts';
import { AlreadyAnswered, dropConnection, strikeBefore, takeCallFault } from './take-fault.ts';
import { createTemplate, deleteTemplates, editTemplate, getTemplate, listTemplates } from './templates.ts';

type Handler = (request: GraphRequest) => unknown;
type Call = { request: FastifyRequest; reply: FastifyReply; path: string[]; parameters: RawParameters };

/** `METHOD /{object}/edge` by the kind of the object. */
const NUMBER_EDGES: Record<string, Handler> = {
  'GET ': getNumberFields,
  'POST ': updateNumber,
  'POST media': uploadMedia,
  'POST register': register,
  'POST deregister': deregister,
  'POST smb_app_data': requestAppData,
  'POST request_code': requestCode,
  'POST verify_code': verifyCode,
  'GET whatsapp_business_profile': getProfile,
  'POST whatsapp_business_profile': setProfile,
};
const ACCOUNT_EDGES: Record<string, Handler> = {
  'GET ': getAccountFields,
  'GET phone_numbers': listNumbers,
  'POST phone_numbers': addNumber,
  'POST subscribed_apps': subscribe,
  'GET subscribed_apps': listSubscriptions,
  'DELETE subscribed_apps': unsubscribe,
  'GET message_templates': listTemplates,
  'POST message_templates': createTemplate,
  'DELETE message_templates': deleteTemplates,
};
const APP_EDGES: Record<string, Handler> = {
  'POST subscriptions': setAppCallback,
  'GET subscriptions': getAppCallback,
};
const MEDIA_EDGES: Record<string, Handler> = { 'GET ': getMedia, 'DELETE ': deleteMedia };
const TEMPLATE_EDGES: Record<string, Handler> = { 'GET ': getTemplate, 'POST ': editTemplate };
const BUSINESS_EDGES: Record<string, Handler> = {
  'GET owned_whatsapp_business_accounts': listAccounts,
  'GET client_whatsapp_business_accounts': listAccounts,
};

function edgesOf(sim: Simulation, id: string): Record<string, Handler> {
  const { numbers, accounts, apps, media, templates } = sim.state;
  if (Object.hasOwn(numbers, id)) return NUMBER_EDGES;
  if (Object.hasOwn(accounts, id)) return ACCOUNT_EDGES;
  if (Object.hasOwn(apps, id)) return APP_EDGES;
  if (Object.hasOwn(media, id)) return MEDIA_EDGES;
  if (Object.hasOwn(templates, id)) return TEMPLATE_EDGES;
  return BUSINESS_EDGES;
}

/** What a fault calls a request: the kind of the object in the place of its id. */
function nameOfCall(sim: Simulation, path: string[]): string {
  const [id = '', ...edge] = path;
  const { numbers, accounts, apps } = sim.state;
  const kinds: Record<string, object> = { number: numbers, account: accounts, app: apps };
  const kind = Object.keys(kinds).find((name) => Object.hasOwn(kinds[name] ?? {}, id));
  return [kind ?? id, ...edge].join('/');
}

function tellOnceExchanged({ sim, engine }: GraphContext, code: Code): void {
  if (!code.announce) return;
  for (const wabaId of code.waba_ids) tellPartnerAdded(sim, engine, { wabaId, appId: code.app_id });
}

export function graphRoutes(app: FastifyInstance, context: GraphContext): void {
  const { sim } = context;
  const limits = rateLimits(sim);

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const parts = (request.params as { '*': string })['*'].split('/').filter((part) => part !== '');
    const path = /^v\d+(\.\d+)?$/.test(parts[0] ?? '') ? parts.slice(1) : parts;
    const parameters = await readParameters(request);
    const fault = takeCallFault(sim, `${request.method} ${nameOfCall(sim, path)}`);
    await strikeBefore({ reply }, fault);
    const result = await carryOut({ request, reply, path, parameters });
    if (fault?.kind !== 'drop') return result;
    dropConnection({ reply });
    throw new AlreadyAnswered();
  }

  async function carryOut({ request, reply, path, parameters }: Call): Promise<unknown> {
    if (path.join('/') === 'oauth/access_token')
      return exchangeToken(sim, parameters, (code) => tellOnceExchanged(context, code));
    const token = authenticate(sim, request, parameters);
    if (path[0] === 'debug_token') return debugToken(sim, String(parameters.params['input_token'] ?? ''));
    const [id = '', edge = ''] = path;
    const graphRequest: GraphRequest = {
      ...context,
      ...parameters,
      method: request.method,
      path,
      token,
      reply,
    };
    const key = `${request.method} ${edge}`;
    if (key === 'POST messages' && Object.hasOwn(sim.state.numbers, id))
      return sendMessage(graphRequest, limits);
    const edges = edgesOf(sim, id);
    const handler = Object.hasOwn(edges, key) ? edges[key] : undefined;
    if (!handler || path.length > 2) throw unknownObject(id, request.method);
    return handler(graphRequest);
  }

  app.route({
    ...publicRoute,
    method: ['GET', 'POST', 'DELETE'],
    url: '/graph/*',
    async handler(request, reply) {
      reply.header('x-fb-request-id', traceId()).header('facebook-api-version', versionOf(request));
      try {
        const result = await answer(request, reply);
        if (!reply.sent) reply.send(result);
        return await reply;
      } catch (error) {
        if (error instanceof AlreadyAnswered) return reply;
        if (!(error instanceof GraphApiError)) throw error;
        return reply.code(error.status).header('www-authenticate', challengeOf(error)).send(error.body);
      }
    },
  });

  app.route({
    ...publicRoute,
    method: 'GET',
    url: '/lookaside/whatsapp_business/attachments/',
    async handler(request, reply) {
      try {
        return await downloadMedia(sim, request, reply);
      } catch (error) {
        if (!(error instanceof GraphApiError)) throw error;
        return reply.code(error.status).send(error.body);
      }
    },
  });
}

function versionOf(request: FastifyRequest): string {
  return /\/(v\d+\.\d+)\//.exec(request.url)?.[1] ?? 'v26.0';
}

function challengeOf(error: GraphApiError): string {
  const kind = error.status === 401 ? 'invalid_token' : 'invalid_request';
  return `OAuth "Facebook Platform" "${kind}" "${error.message.replace(/[^\x20-\x7e]|"/g, '')}"`;
}

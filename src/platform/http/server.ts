/**
 * Makes the HTTP server that every route is added to: limits, ids, headers, access, validation, errors, documentation.
 * What must stay true: plugins are loaded before the first route, because their `onRoute` hooks see only later ones.
 */
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics.ts';
import { guardRoutes } from './access.ts';
import type { AccessRules } from './access.ts';
import { documentRoutes } from './documentation.ts';
import { addHealthRoutes } from './health.ts';
import type { ReadinessCheck } from './health.ts';
import { takeJsonOnly } from './json-body.ts';
import { answerWithProblems, frameworkErrors } from './problems.ts';
import type { TranslateError } from './problems.ts';
import { observeRequests, requestIdOf } from './request-log.ts';
import { sendSecurityHeaders } from './security-headers.ts';
import type { ExtraSources } from './security-headers.ts';
import { endSlowBodies } from './slow-bodies.ts';
import { answerUnknownRoutes } from './unknown-routes.ts';
import { validateByTypeBox } from './validation.ts';

/** Fastify whose handlers get their types from TypeBox schemas. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export type HttpServerOptions = AccessRules & {
  /** Shown in the documentation. */
  version: string;
  logger: Logger;
  metrics: Metrics;
  /** What `/readyz` asks; each throws while its part is not ready. */
  readiness: readonly ReadinessCheck[];
  /** Addresses of proxies whose forwarded headers count; none by default. */
  trustedProxies?: readonly string[];
  /** Errors of other layers that callers may see, such as those of the Graph API. */
  translateError?: TranslateError;
  /** Foreign origins that the web app needs, such as Meta's sign-up script. */
  extraSources?: ExtraSources;
  /** Milliseconds in which headers must have arrived, and then a body, unless its route allows more. */
  requestTimeout?: number;
};

export const DEFAULT_BODY_LIMIT = 256 * 1024;
const REQUEST_TIMEOUT = 15_000;
/** No request takes longer, not even a route with a `bodyTimeout` of its own. */
const LONGEST_REQUEST = 10 * 60_000;
/** Longer than load balancers keep idle connections (60 s), so that they close first and no request is lost. */
const KEEP_ALIVE_TIMEOUT = 72_000;
/** An idle socket; server-sent events write more often than this. */
const CONNECTION_TIMEOUT = 120_000;

/** A server with everything but routes, not listening yet. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = newServer(options);
  server.setValidatorCompiler(validateByTypeBox);
  takeJsonOnly(server);
  answerWithProblems(server, options.translateError);
  observeRequests(server, options.metrics);
  endSlowBodies(server, options.requestTimeout ?? REQUEST_TIMEOUT);
  await sendSecurityHeaders(server, options);
  answerUnknownRoutes(server);
  await server.register(cookie);
  guardRoutes(server, options);
  await server.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, limit) => tooManyRequests(Math.ceil(limit.ttl / 1000)),
  });
  await documentRoutes(server, options);
  addHealthRoutes(server, options);
  closeBusyConnectionsLater(server);
  return server;
}

/** Closing ends idle connections at once; those that are busy then end when their answer is out, not when they time out. */
function closeBusyConnectionsLater(server: HttpServer): void {
  let isClosing = false;
  server.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  server.addHook('onResponse', (_request, _reply, done) => {
    if (isClosing) setImmediate(() => server.server.closeIdleConnections());
    done();
  });
}

function newServer(options: HttpServerOptions): HttpServer {
  const timeout = options.requestTimeout ?? REQUEST_TIMEOUT;
  const proxies = options.trustedProxies ?? [];
  const logger: FastifyBaseLogger = options.logger;
  const server = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    frameworkErrors,
    bodyLimit: DEFAULT_BODY_LIMIT,
    requestTimeout: LONGEST_REQUEST,
    connectionTimeout: CONNECTION_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    http: { headersTimeout: timeout, connectionsCheckingInterval: Math.min(timeout, 2_000) },
    forceCloseConnections: 'idle',
    trustProxy: proxies.length > 0 ? [...proxies] : false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: 256 },
  });
  return server.withTypeProvider<TypeBoxTypeProvider>();
}

function tooManyRequests(seconds: number): AppError {
  const remedy = `Too many requests. Try again in ${String(seconds)} seconds.`;
  return new AppError('platform.too_many_requests', 429, remedy, { retry_after: seconds });
}

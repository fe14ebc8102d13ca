/**
 * Ends requests whose body trickles in. Node knows one limit for all requests, which uploads of media over a slow line
 * need to be long; this keeps it short for every other route, so that held connections cost an attacker more than us.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { sendProblem } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Milliseconds in which the body must have arrived, for routes that take files. */
    bodyTimeout?: number;
  }
}

/** @param patience milliseconds that a body may take where the route says nothing else */
export function endSlowBodies(server: FastifyInstance, patience: number): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request)) watch(request, reply, request.routeOptions.config.bodyTimeout ?? patience);
    done();
  });
}

function hasBody(request: FastifyRequest): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function watch(request: FastifyRequest, reply: FastifyReply, patience: number): void {
  const timer = setTimeout(() => {
    if (request.raw.complete || reply.sent) return;
    const remedy = `The body did not arrive within ${String(Math.ceil(patience / 1000))} seconds. Send it again, faster.`;
    void reply.header('connection', 'close');
    reply.raw.once('finish', () => request.raw.destroy());
    sendProblem(request, reply, new AppError('platform.too_slow', 408, remedy));
  }, patience);
  const stop = () => {
    clearTimeout(timer);
  };
  request.raw.once('end', stop);
  request.raw.once('close', stop);
}

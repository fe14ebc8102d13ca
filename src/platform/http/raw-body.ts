/**
 * For routes whose body must be kept byte by byte, because a signature covers it. Nothing parses, inflates or checks
 * the bytes; whatever the content type says, `request.body` is a Buffer. One that came as gzip is for the route to inflate
 * (inflate-body.ts), because the signature may cover either form.
 *
 *   await takeRawBodies(server, (scope) => {
 *     scope.post('/webhooks/whatsapp', { bodyLimit: WEBHOOK_BODY_LIMIT, config: { access: 'public' } }, handler);
 *   });
 */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { HttpServer } from './server.ts';
import { limitUnverifiedBodies, WEBHOOK_ALLOWANCE } from './unverified-bodies.ts';

/** Meta batches up to a thousand updates, about 3 MB; a smaller limit would refuse what it then repeats for days. */
export const WEBHOOK_BODY_LIMIT = 8 * 1024 * 1024;

/** Registers routes in a scope of their own in which `rawBody(request)` is what came over the wire. */
export async function takeRawBodies(
  server: HttpServer,
  routes: (scope: HttpServer) => void | Promise<void>,
): Promise<void> {
  await server.register(async (scope) => {
    scope.addHook('onRequest', async (request) => {
      refuseUnreadable(request);
    });
    limitUnverifiedBodies(scope, WEBHOOK_ALLOWANCE);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    await routes(scope);
  });
}

/** Compressed in another way, the bytes would be kept and understood by nobody: the sender has to learn it at once. */
function refuseUnreadable(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity' || isCompressed(request)) return;
  const remedy =
    'Of compressed bodies this address takes gzip only. Send that, or the bytes as they are without content-encoding.';
  throw new AppError('platform.compressed_body', 415, remedy);
}

/** Whether the bytes of a request in such a scope are gzip. */
export function isCompressed({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['content-encoding']?.toLowerCase() === 'gzip';
}

/** The bytes of a request in such a scope; empty when it had no body. */
export function rawBody(request: { body?: unknown }): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

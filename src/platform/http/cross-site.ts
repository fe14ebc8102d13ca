/**
 * Refuses requests that another site's page makes in the name of a signed-in browser (CSRF, login CSRF). Browsers say
 * where a request comes from in Sec-Fetch-Site, or in Origin with every POST; a header that no page can set is proof
 * enough without them. Programs send neither cookie nor origin and pass.
 */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @throws AppError 403 */
export function refuseCrossSite(request: FastifyRequest, publicUrl: string): void {
  if (SAFE_METHODS.has(request.method) || request.headers.authorization !== undefined) return;
  if (isSameSite(request, publicUrl)) return;
  const remedy =
    'This request comes from another site. Send it from the page of this server, or with an access token.';
  throw new AppError('platform.cross_site', 403, remedy);
}

function isSameSite(request: FastifyRequest, publicUrl: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.headers.origin;
  if (origin === undefined) return request.headers.cookie === undefined;
  return origin === publicUrl || URL.parse(origin)?.host === request.host;
}

/**
 * Headers that limit what a browser does with our answers, by @fastify/helmet. Scripts come from this server alone and
 * never inline; styles may be inline, because scroll locks and menus of the interface's library set them.
 */
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Origins that the content security policy lets in besides this server. */
export type ExtraSources = {
  scripts?: readonly string[];
  connections?: readonly string[];
  frames?: readonly string[];
};

const PERMISSIONS = 'camera=(), geolocation=(), microphone=(self), payment=(), usb=(), browsing-topics=()';

/** Adds the headers to every answer; what the API says is never kept by caches. */
export async function sendSecurityHeaders(
  server: FastifyInstance,
  options: { publicUrl: string; extraSources?: ExtraSources },
): Promise<void> {
  const encrypted = options.publicUrl.startsWith('https:');
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: directives(options.extraSources ?? {}) },
    // Meta's sign-up window answers to the window that opened it.
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    hsts: encrypted ? { maxAge: 63_072_000, includeSubDomains: false } : false,
  });
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('permissions-policy', PERMISSIONS);
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store');
    done();
  });
}

function directives(extra: ExtraSources): Record<string, string[]> {
  return {
    'default-src': ["'self'"],
    'script-src': ["'self'", ...(extra.scripts ?? [])],
    'script-src-attr': ["'none'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'media-src': ["'self'", 'blob:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'", ...(extra.connections ?? [])],
    'frame-src': ["'self'", ...(extra.frames ?? [])],
    'worker-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  };
}

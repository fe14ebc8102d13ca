/**
 * Serves the few files of the phone and of the consent page: an explicit list, so that no path can lead elsewhere,
 * under a policy that allows nothing but what comes from here.
 */
import { readFile } from 'node:fs/promises';

import type { FastifyInstance } from 'fastify';

import { publicRoute } from './public-route.ts';

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

export const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-cache',
};

/** Serves `files` of `folder` under `url`; the page itself answers with and without a slash at the end. */
export function serveFiles(app: FastifyInstance, url: string, folder: URL, files: readonly string[]): void {
  for (const name of files) {
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    const addresses = name === 'index.html' ? [url, `${url}/`] : [`${url}/${name}`];
    for (const address of addresses) {
      app.route({
        ...publicRoute,
        method: 'GET',
        url: address,
        async handler(_request, reply) {
          const text = await readFile(new URL(name, folder));
          return reply.headers(PAGE_HEADERS).type(type).send(text);
        },
      });
    }
  }
}

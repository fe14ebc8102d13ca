/**
 * Serves the few files of the phone and of the consent page: an explicit list, so that no path can lead elsewhere,
 * under a policy that allows nothing but what comes from here.
 */
import { readFile } from 'node:fs/promises';

import type { FastifyInstance, FastifyReply } from 'fastify';

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

/**
 * Serves `files` of `folder` below `url`. An `index.html` among them answers at `url` itself, with and without a slash;
 * `{{base}}` in it becomes the path under which the simulator is mounted.
 */
export function serveFiles(app: FastifyInstance, url: string, folder: URL, files: readonly string[]): void {
  async function send(reply: FastifyReply, name: string): Promise<FastifyReply> {
    if (!files.includes(name)) return reply.code(404).type('text/plain').send('Not found');
    const text = await readFile(new URL(name, folder), 'utf8');
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    return reply
      .headers(PAGE_HEADERS)
      .type(type)
      .send(name === 'index.html' ? text.replaceAll('{{base}}', app.prefix) : text);
  }

  if (files.includes('index.html'))
    app.route({
      ...publicRoute,
      method: 'GET',
      url,
      handler: (_request, reply) => send(reply, 'index.html'),
    });
  app.route({
    ...publicRoute,
    method: 'GET',
    url: `${url}/*`,
    handler: (request, reply) => send(reply, (request.params as { '*': string })['*'] || 'index.html'),
  });
}

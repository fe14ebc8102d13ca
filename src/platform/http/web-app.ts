/**
 * Serves the built browser app: files whose name carries a hash for ever, `index.html` for every page that only the app
 * knows. Addresses of the server never fall through to it, so that a wrong API address stays a 404.
 */
import fastifyStatic from '@fastify/static';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpServer } from './server.ts';

const SERVER_PATHS = /^\/(api|webhooks|simulator|docs|healthz|readyz|metrics)(\/|$)/;
/** Pages of the app have no dot in their last part; files have. */
const FILE = /\.[^/]*$/;
const INDEX = 'index.html';
/** Text that was not made safe never becomes HTML or script in the app's pages. The pages at /docs could not run so. */
const TRUSTED_TYPES = "require-trusted-types-for 'script'";
const FOR_EVER = 'public, max-age=31536000, immutable';
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Switchboard is not built yet</title>
<h1>The browser app is not built yet</h1>
<p>The server runs. Build the app with <code>npm run build:web</code>, then load this page again.</p></html>`;

/** A page that needs scripts of another origin, such as Meta's sign-up: what its policy lets in besides this server. */
export type OpenPage = { path: string; scripts: string[]; connections: string[]; frames: string[] };

/** Foreign scripts write into the page as they please, so on their page texts need not be made safe first. */
function policyOf(page: OpenPage | undefined, policy: string): string {
  if (!page) return `${policy};${TRUSTED_TYPES}`;
  const added = {
    'script-src': page.scripts,
    'connect-src': page.connections,
    'frame-src': page.frames,
    'img-src': page.frames,
  };
  return Object.entries(added).reduce(
    (text, [directive, sources]) =>
      text.replace(`${directive} 'self'`, [directive, "'self'", ...sources].join(' ')),
    policy,
  );
}

/**
 * @param distDir absolute path of the build, with `index.html` and `assets/`; it may appear after the start
 * @param openPages the only pages with a wider policy
 */
export async function serveWebApp(
  server: HttpServer,
  distDir: string,
  openPages: readonly OpenPage[] = [],
): Promise<void> {
  const index = join(distDir, INDEX);
  await server.register(async (scope) => {
    await scope.register(fastifyStatic, {
      root: distDir,
      serve: false,
      dotfiles: 'ignore',
      cacheControl: false,
      preCompressed: true,
      suppressWarning: true,
    });
    scope.get('/*', { schema: { hide: true }, config: { access: 'public' } }, (request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '/';
      if (SERVER_PATHS.test(path)) {
        reply.callNotFound();
        return reply;
      }
      if (FILE.test(path) && path !== `/${INDEX}`) {
        const hashed = path.startsWith('/assets/');
        return reply.header('cache-control', hashed ? FOR_EVER : 'public, max-age=3600').sendFile(path);
      }
      const policy = String(reply.getHeader('content-security-policy'));
      void reply.headers({
        'cache-control': 'no-cache',
        'content-security-policy': policyOf(
          openPages.find((page) => page.path === path),
          policy,
        ),
      });
      if (existsSync(index)) return reply.sendFile(INDEX);
      return reply.status(503).header('retry-after', '10').type('text/html; charset=utf-8').send(NOT_BUILT);
    });
  });
}

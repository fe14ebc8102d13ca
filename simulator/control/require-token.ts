/**
 * Where others than whoever runs it can reach the simulator, its control API wants a token, or every chat could be read and written by
 * strangers. Programs send it as `Authorization: Bearer`; the phone page trades the one in its address's fragment, which no log
 * sees, for a cookie that only the control API gets.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { publicRoute } from '../public-route.ts';

const COOKIE = 'simulator_control';
const HOW =
  'This simulator can be reached by others, so it wants its token: open the phone by the link that the server printed when it started, or send "Authorization: Bearer <token>".';

/** Guards every route below /control. Call it before they are added. */
export function requireToken(app: FastifyInstance, token: string): void {
  const control = `${app.prefix}/control/`;
  const session = `${control}session`;
  app.addHook('onRequest', async (request, reply) => {
    // The route that will answer, not the address: that can be spelled in many ways.
    const route = request.routeOptions.url ?? '';
    if (!route.startsWith(control) || route === session) return;
    if (!isSame(bearerOf(request) ?? cookieOf(request) ?? '', token)) await refuse(reply);
  });
  app.route({
    ...publicRoute,
    method: 'POST',
    url: '/control/session',
    handler: (request, reply) => {
      if (!isSame(tokenIn(request.body), token)) return refuse(reply);
      const isSecure = request.protocol === 'https' ? '; Secure' : '';
      return reply
        .header('set-cookie', `${COOKIE}=${token}; Path=${control}; HttpOnly; SameSite=Strict${isSecure}`)
        .send({ success: true });
    },
  });
}

const refuse = (reply: FastifyReply) => reply.code(401).send({ error: HOW });

function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

const bearerOf = ({ headers }: FastifyRequest) => /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
const cookieOf = ({ headers }: FastifyRequest) =>
  new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1];

/** Bodies come as bytes; whatever is not `{ "token": "…" }` is no token. */
function tokenIn(body: unknown): string {
  try {
    const { token } = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as { token?: unknown };
    return typeof token === 'string' ? token : '';
  } catch {
    return '';
  }
}

/**
 * Who may call which route. Every route says so in its `config`; one that does not stops the boot. What must stay
 * true: a handler of a route that is not public never runs without an actor who may do what the route declares.
 */
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { AppError } from '../errors.ts';
import { refuseCrossSite } from './cross-site.ts';

/**
 * The module that knows people fills this in, once:
 * `declare module '…/platform/http/access.ts' { interface HttpTypes { actor: Actor; permission: Permission } }`
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface HttpTypes {}

/** Who calls; the platform only passes it on. */
export type HttpActor = HttpTypes extends { actor: infer A } ? A : object;
/** What a route may demand, like `messages:send`. */
export type HttpPermission = HttpTypes extends { permission: infer P extends string }
  ? P
  : `${string}:${string}`;
/** Open to all, to whoever signed in, or to holders of one permission. */
export type Access = 'public' | 'signed-in' | HttpPermission;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Null on public routes. Handlers use `actorOf`. */
    actor: HttpActor | null;
  }
}

/** The decisions that the platform leaves to the module that knows people. */
export type AccessRules = {
  publicUrl: string;
  /** Null when the request names nobody; throws AppError 401 when what it shows is expired or revoked. */
  authenticate: (request: FastifyRequest) => Promise<HttpActor | null>;
  can: (actor: HttpActor, permission: HttpPermission) => boolean;
};

/** The caller of a route that is not public. On a public route this is a bug and throws. */
export function actorOf(request: FastifyRequest): HttpActor {
  if (request.actor === null)
    throw new Error(`${request.routeOptions.url ?? 'This route'} is public and has no actor.`);
  return request.actor;
}

/** Makes every route declare its access and holds every request to it. */
export function guardRoutes(server: FastifyInstance, rules: AccessRules): void {
  server.decorateRequest('actor', null);
  server.addHook('onRoute', demandAccess);
  server.addHook('onRequest', async (request) => {
    refuseCrossSite(request, rules.publicUrl);
    const access = request.routeOptions.config.access;
    if (request.is404 || access === 'public') return;
    request.actor = await admit(request, access, rules);
  });
}

/** The pages of the documentation come from a plugin that knows nothing of access. */
function demandAccess(route: RouteOptions): void {
  if (route.url === '/docs' || route.url.startsWith('/docs/')) {
    route.config = { ...route.config, access: 'public' };
  }
  if (route.config?.access === undefined) {
    const name = `${String(route.method)} ${route.url}`;
    throw new Error(
      `The route ${name} declares no access. Add config: { access: 'public' | 'signed-in' | permission }.`,
    );
  }
}

async function admit(
  request: FastifyRequest,
  access: Access | undefined,
  rules: AccessRules,
): Promise<HttpActor> {
  const actor = await rules.authenticate(request);
  if (actor === null) {
    const remedy = 'Sign in, or send an access token or API key as "Authorization: Bearer …".';
    throw new AppError('platform.sign_in_required', 401, remedy);
  }
  const allowed =
    access === 'signed-in' || (access !== undefined && access !== 'public' && rules.can(actor, access));
  if (!allowed) {
    const remedy = `This needs the permission ${String(access)}. Ask an administrator of your organization for it.`;
    throw new AppError('platform.forbidden', 403, remedy);
  }
  return actor;
}

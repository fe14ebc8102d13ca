/** Answers for addresses without a handler: 405 when the address exists with other methods, 404 otherwise. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { sendProblem } from './problems.ts';

type KnownRoute = { method: string; matches: RegExp };

/** Must be called before the first route is added: it notes each of them. */
export function answerUnknownRoutes(server: FastifyInstance): void {
  const routes: KnownRoute[] = [];
  server.addHook('onRoute', (route) => {
    if (route.url === '*' || route.url === '/*') return;
    const matches = patternOf(route.url);
    for (const method of [route.method].flat()) routes.push({ method, matches });
  });
  server.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(routes, request);
    if (methods.length === 0 || methods.includes(request.method)) {
      const remedy = 'There is nothing at this address. See /docs for what there is.';
      return sendProblem(request, reply, new AppError('platform.unknown_address', 404, remedy));
    }
    const remedy = `This address does not take ${request.method}. It takes ${methods.join(', ')}.`;
    void reply.header('allow', methods.join(', '));
    return sendProblem(request, reply, new AppError('platform.method_not_allowed', 405, remedy));
  });
}

function methodsOf(routes: KnownRoute[], request: FastifyRequest): string[] {
  const path = request.url.split('?', 1)[0] ?? '';
  return [...new Set(routes.filter((route) => route.matches.test(path)).map((route) => route.method))].sort();
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}

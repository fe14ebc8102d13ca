/**
 * Every route that a server in this process registers, also those that its documentation hides. Fastify announces each server
 * that is made, so nothing of the product has to say what it serves, and nothing can be forgotten.
 */
import diagnostics from 'node:diagnostics_channel';
import type { FastifyInstance, FastifySchema } from 'fastify';

export type RecordedRoute = {
  /** `POST /api/v1/conversations/:id/read` */
  name: string;
  method: string;
  url: string;
  schema: FastifySchema | undefined;
};

/** Records the routes of every server that is made while the work runs. */
export async function recordRoutes<T>(
  work: () => Promise<T>,
): Promise<{ result: T; routes: RecordedRoute[] }> {
  const routes: RecordedRoute[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url, schema }) => {
      for (const one of [method].flat()) routes.push({ name: `${one} ${url}`, method: one, url, schema });
    });
  };
  diagnostics.subscribe('fastify.initialization', listen);
  try {
    return { result: await work(), routes };
  } finally {
    diagnostics.unsubscribe('fastify.initialization', listen);
  }
}

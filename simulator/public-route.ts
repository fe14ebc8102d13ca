/**
 * What every route of the simulator declares: open to all (the host server demands a declared access), not slowed by the
 * host's rate limit (it plays Meta, which has limits of its own), quiet in the log, and absent from the host's OpenAPI
 * document. Spread it into the route.
 */
import type { FastifyContextConfig, FastifySchema } from 'fastify';

const config: object = { access: 'public', rateLimit: false };
const schema: object = { hide: true };

export const publicRoute: { config: FastifyContextConfig; schema: FastifySchema; logLevel: 'warn' } = {
  config,
  schema,
  logLevel: 'warn',
};

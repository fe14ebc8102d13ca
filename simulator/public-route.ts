/**
 * What every route of the simulator declares: open to all (the host server demands a declared access) and absent from
 * the host's OpenAPI document. Spread it into the route.
 */
import type { FastifyContextConfig, FastifySchema } from 'fastify';

const config: object = { access: 'public' };
const schema: object = { hide: true };

export const publicRoute: { config: FastifyContextConfig; schema: FastifySchema } = { config, schema };

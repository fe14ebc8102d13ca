/** OpenAPI 3.1 of every route at `/api/openapi.json`, and pages to read and try it at `/docs`. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import Type from 'typebox';

/** What every error answer looks like. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What to do about it, for people.' }),
    code: Type.String({ description: 'Stable, for programs: module.what.' }),
    request_id: Type.String(),
    errors: Type.Optional(
      Type.Array(Type.Object({ in: Type.String(), path: Type.String(), message: Type.String() })),
    ),
    details: Type.Optional(Type.Unknown()),
  },
  { description: 'An error, as RFC 9457 has it.' },
);

const PROBLEM_RESPONSE = {
  description: 'The request was refused.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** Must be called before the first route is added. */
export async function documentRoutes(server: FastifyInstance, options: { version: string }): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Switchboard',
        version: options.version,
        description:
          'Errors are problem documents (RFC 9457). What is saved whole is answered with an `ETag`: sent back as `If-Match`, it keeps a change from overwriting what somebody else has saved since (412).',
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or an API key (`sb_…`).' },
          cookie: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-session',
            description: "The browser's session.",
          },
        },
        schemas: { Problem: ProblemSchema as object },
      },
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: describeRoute(schema as FastifySchema | undefined, route.config?.access),
    }),
    transformObject: (document) => {
      const spec = 'openapiObject' in document ? document.openapiObject : document.swaggerObject;
      for (const path of Object.values(spec.paths ?? {})) addProblemResponse(path as object);
      return spec;
    },
  });
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', deepLinking: true },
  });
  server.get('/api/openapi.json', { schema: { hide: true }, config: { access: 'public' } }, () =>
    server.swagger(),
  );
}

function describeRoute(schema: FastifySchema | undefined, access: string | undefined): FastifySchema {
  if (access === 'public') return { ...schema, security: [] };
  const needs =
    access === 'signed-in' ? 'Needs a signed-in caller.' : `Needs the permission \`${String(access)}\`.`;
  const described = [schema?.description, needs].filter((text) => text !== undefined).join('\n\n');
  return { ...schema, description: described, security: [{ bearer: [] }, { cookie: [] }] };
}

function addProblemResponse(path: object): void {
  for (const operation of Object.values(path) as unknown[]) {
    if (typeof operation !== 'object' || operation === null || !('responses' in operation)) continue;
    operation.responses = { ...(operation.responses as object), default: PROBLEM_RESPONSE };
  }
}

/** Every operation that the running server documents, so that a new route is attacked without anybody remembering it. */
import { request } from './api.ts';

export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
};

export type Parameter = { in: 'path' | 'query' | 'header'; name: string; schema: JsonSchema };

export type Operation = {
  /** `POST /api/v1/…/{id}` */
  name: string;
  method: string;
  path: string;
  isPublic: boolean;
  parameters: Parameter[];
  /** Null when it takes no JSON. */
  body: JsonSchema | null;
};

type Described = {
  parameters?: Parameter[];
  security?: unknown[];
  requestBody?: { content?: Record<string, { schema?: JsonSchema }> };
};
type Document = {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, JsonSchema> };
};

export async function listOperations(url: string): Promise<Operation[]> {
  const { body: document } = await request<Document>(`${url}/api/openapi.json`);
  const resolve = (schema: JsonSchema): JsonSchema => {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : (document.components.schemas[name] ?? schema);
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]): Operation => {
      const schema = described.requestBody?.content?.['application/json']?.schema;
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        isPublic: (described.security ?? []).length === 0,
        parameters: described.parameters ?? [],
        body: schema ? resolve(schema) : null,
      };
    }),
  );
}

/** The address with every parameter filled in. */
export function addressOf({ path }: Operation, id: string): string {
  return path.replaceAll(/\{[^}]+\}/g, id);
}

const CANDIDATES = [
  'words that are long enough',
  'somebody@example.test',
  '12345678901234',
  '123456',
  'agt_sample',
  'https://example.test/path',
  '0f8f4c3e-5a0b-4b58-9d3c-1f6f5d1c7a11',
  '2026-01-31T10:00:00Z',
  '2026-01-31',
  '08:30',
  'en_US',
  'x',
];
const BY_FORMAT: Record<string, string> = {
  email: 'somebody@example.test',
  uuid: '0f8f4c3e-5a0b-4b58-9d3c-1f6f5d1c7a11',
  'date-time': '2026-01-31T10:00:00Z',
  date: '2026-01-31',
  uri: 'https://example.test/path',
  url: 'https://example.test/path',
};

const SECRETS = ['a secret that no other field holds', 'aSecretThatNoOtherFieldHolds'];

/** A secret has a value of its own: it is looked for afterwards wherever it must not be (secret-watch.ts). */
function secretExample(name: string, schema: JsonSchema): string | null {
  const { type, format, pattern, maxLength = Infinity } = schema;
  const isSecret = type === 'string' && format === undefined && /password|secret|token|key|code/.test(name);
  const fits = (text: string) =>
    text.length <= maxLength && (pattern === undefined || new RegExp(pattern, 'u').test(text));
  return (isSecret && SECRETS.find(fits)) || null;
}

/** A value that the schema accepts, as small as it can be. */
export function exampleOf(schema: JsonSchema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf?.[0]) return exampleOf(schema.anyOf[0]);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, member]) => [
          name,
          secretExample(name, member) ?? exampleOf(member),
        ]),
      );
    case 'array':
      return schema.items ? [exampleOf(schema.items)] : [];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'string':
      return textExample(schema);
    default:
      return null;
  }
}

function textExample({ format, pattern, minLength = 0, maxLength = Infinity }: JsonSchema): string {
  const byFormat = BY_FORMAT[format ?? ''];
  if (byFormat) return byFormat;
  const fits = (text: string) =>
    text.length >= minLength &&
    text.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern, 'u').test(text));
  const padded = CANDIDATES.flatMap((text) => [text, text.padEnd(minLength, 'x'), text.slice(0, maxLength)]);
  const found = padded.find(fits);
  if (found === undefined)
    throw new Error(`No example fits ${JSON.stringify({ format, pattern, minLength, maxLength })}: add one.`);
  return found;
}

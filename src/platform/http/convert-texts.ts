/**
 * Turns the texts of a query or address into what the schema expects, strictly: "1.5" is no integer, "" is no number, a
 * parameter given twice is no scalar. What cannot be converted is left for the validator to refuse.
 */
import type { TSchema } from 'typebox';

type Node = {
  type?: string;
  properties?: Record<string, Node>;
  items?: Node;
  anyOf?: Node[];
};

/** The same parameters with numbers, booleans and lists where the schema wants them. */
export function convertTexts(schema: TSchema, received: unknown): unknown {
  const { properties = {} } = schema as Node;
  if (typeof received !== 'object' || received === null) return received;
  return Object.fromEntries(
    Object.entries(received).map(([name, value]: [string, unknown]) => [
      name,
      convert(own(properties, name), value),
    ]),
  );
}

function own(properties: Record<string, Node>, name: string): Node {
  return Object.hasOwn(properties, name) ? (properties[name] ?? {}) : {};
}

function convert(node: Node, value: unknown): unknown {
  if (node.type === 'array') return [value].flat().map((item: unknown) => convert(node.items ?? {}, item));
  if (typeof value !== 'string') return value;
  if (node.type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (node.type === 'number' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value);
  if (node.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  for (const branch of node.anyOf ?? []) {
    const converted = convert(branch, value);
    if (converted !== value) return converted;
  }
  return value;
}

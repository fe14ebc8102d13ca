/** Validation errors as words that a person can act on, one a field, without repeating what was sent. */
import type { TSchema } from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';
import type { InvalidField } from './problems.ts';

const MOST_FAULTS = 20;

/** One fault a field; the branches of a union become one sentence. */
export function describeFaults(
  schema: TSchema,
  errors: TLocalizedValidationError[],
  place: string,
): InvalidField[] {
  const faults = new Map<string, InvalidField>();
  for (const error of errors) {
    for (const [path, message] of describe(schema, error)) {
      if (!faults.has(path)) faults.set(path, { in: place, path, message });
    }
  }
  return [...faults.values()].slice(0, MOST_FAULTS);
}

function describe(schema: TSchema, error: TLocalizedValidationError): [path: string, message: string][] {
  const at = error.instancePath;
  const [beforeUnion, ...branches] = error.schemaPath.split('/anyOf/');
  if (branches.length > 0) return [[at, oneOfWords(schema, beforeUnion ?? '')]];
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => [`${at}/${name}`, 'is missing']);
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => [`${at}/${name}`, 'is not a known field']);
    case 'boolean':
      return [[at, 'is not a known field']];
    case 'anyOf':
      return [[at, oneOfWords(schema, error.schemaPath)]];
    case 'const':
      return [[at, `must be ${JSON.stringify(error.params.allowedValue)}`]];
    case 'enum':
      return [
        [at, `must be one of ${error.params.allowedValues.map((value) => JSON.stringify(value)).join(', ')}`],
      ];
    case 'pattern':
      return [[at, 'is not in the right form']];
    case 'minLength':
      return [
        [
          at,
          error.params.limit === 1
            ? 'must not be empty'
            : `must have at least ${String(error.params.limit)} characters`,
        ],
      ];
    case 'maxLength':
      return [[at, `must have at most ${String(error.params.limit)} characters`]];
    case 'format':
      return [[at, `must be a valid ${error.params.format}`]];
    default:
      return [[at, error.message]];
  }
}

/** The allowed values when all branches are constants; forms are too long to list. */
function oneOfWords(schema: TSchema, pointer: string): string {
  let node: unknown = schema;
  for (const step of pointer.split('/').slice(1))
    node = (node as Record<string, unknown> | undefined)?.[step];
  const branches = (node as { anyOf?: { const?: unknown; type?: string }[] } | undefined)?.anyOf ?? [];
  const words = branches.map((branch) =>
    branch.const === undefined ? branch.type : JSON.stringify(branch.const),
  );
  const complete = words.length > 0 && words.every((word) => word !== undefined && word !== 'object');
  return complete ? `must be one of ${words.join(', ')}` : 'fits none of the allowed forms';
}

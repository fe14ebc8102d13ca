/**
 * Checks requests by their TypeBox schemas. Bodies are taken as they are; only query, params and headers, which are
 * always text, are converted. Unknown fields are refused where the schema says so, never dropped in silence.
 */
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import Format from 'typebox/format';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import { AppError } from '../errors.ts';
import { convertTexts } from './convert-texts.ts';
import { describeFaults } from './describe-faults.ts';

// Eight by default: a form with more faulty fields would be told of the rest only after another try.
Settings.Set({ maxErrors: 50 });

/** What `Date` writes with four digits for the year, and PostgreSQL takes: it knows no offset beyond fifteen hours. */
function isMoment(text: string): boolean {
  if (!Format.IsDateTime(text) || /[+-](1[6-9]|2\d):\d\d$/.test(text)) return false;
  // A leap second is a moment that `Date` does not know.
  const moment = new Date(text.replace(/:60(?=[.zZ+-])/, ':59'));
  const year = moment.getUTCFullYear();
  return year >= 1 && year <= 9998;
}
Format.Set('date-time', isMoment);

const PLACES: Record<string, string> = {
  body: 'body',
  querystring: 'query',
  params: 'address',
  headers: 'headers',
};

/** Fastify's validator: fills in defaults, then checks; faults come back as one AppError that lists them. */
export const validateByTypeBox: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const place = PLACES[httpPart ?? 'body'] ?? 'request';
  return (received: unknown) => {
    const converted = place === 'body' ? received : convertTexts(schema, received);
    const value = Value.Default(schema, converted);
    if (validator.Check(value)) return { value };
    const errors = describeFaults(schema, validator.Errors(value), place);
    const list = errors.slice(0, 3).map((fault) => `${nameOf(fault.path)} ${fault.message}`);
    const remedy = `The ${place} of the request is not right: ${list.join('; ')}. Correct it and send again.`;
    return { error: new AppError('platform.invalid_request', 400, remedy, { errors }) };
  };
};

function nameOf(path: string): string {
  return path === '' ? 'it' : path.slice(1).replaceAll('/', '.');
}

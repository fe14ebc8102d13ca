/** The complaints about parameters that the checks of messages share. */
import { GraphApiError } from './graph-error.ts';

/** Text of a length, or Meta's complaint about it. */
export function requireText(value: unknown, limits: { name: string; max: number; min?: number }): void {
  const { name, max, min = 1 } = limits;
  if (value === undefined || value === null) throw missing(name);
  if (typeof value !== 'string')
    throw new GraphApiError(100, { message: `(#100) Param ${name} must be a string.` });
  if (value.length > max) throw tooLong(name, max);
  if (value.trim().length < min)
    throw new GraphApiError(100, {
      message: `(#100) Param ${name} must be at least ${min} characters long.`,
    });
}

export function missing(name: string): GraphApiError {
  return new GraphApiError(131008, { details: `Required parameter ${name} is missing.` });
}

export function notValid(details: string): GraphApiError {
  return new GraphApiError(131009, { details });
}

export function tooLong(name: string, max: number): GraphApiError {
  return new GraphApiError(100, { message: `(#100) Param ${name} must be at most ${max} characters long.` });
}

/** The answer of calls that return nothing else: `{"success":true}`. */
import { unusableAnswer } from './answer.ts';
import type { Json } from './json.ts';
import { booleanAt } from './json.ts';

/** Throws GraphError when Meta did not say that the call succeeded. */
export function requireSuccess(answer: Json, repeatable: boolean): void {
  if (booleanAt(answer, 'success') !== true)
    throw unusableAnswer('no_success', { httpStatus: 200, repeatable });
}

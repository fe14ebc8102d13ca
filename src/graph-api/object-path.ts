/** Paths of Graph objects from ids that may come from a browser or a webhook: an id can never turn into another path. */
import { GraphError } from './graph-error.ts';

const OBJECT_ID = /^[A-Za-z0-9_-][A-Za-z0-9_.:=-]{0,254}$/;

/** `/{id}` or `/{id}/{edge}`; an id with anything but letters, digits and `_.:=-` is refused before a connection is made. */
export function objectPath(id: string, edge?: string): string {
  if (!OBJECT_ID.test(id))
    throw new GraphError({
      kind: 'invalid',
      reason: 'unusable_id',
      meaning: 'An id of the request cannot be an id of Meta.',
      whatToDo: 'Check the id.',
    });
  return edge === undefined ? `/${id}` : `/${id}/${edge}`;
}

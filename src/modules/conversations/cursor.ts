/** Where a page ends: the last row's position in the order and its id, packed into one opaque text. */
import { AppError } from '../../platform/errors.ts';

export type Cursor = { position: string; id: string };

export function packCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.position, cursor.id])).toString('base64url');
}

/** Throws `conversations.bad_cursor` for a cursor that this server did not give out. */
export function unpackCursor(text: string | undefined, idShape: RegExp): Cursor | undefined {
  if (text === undefined) return undefined;
  const refuse = new AppError(
    'conversations.bad_cursor',
    400,
    'This cursor is not one of ours. Leave it out to start at the first page, then use next_cursor as it is.',
  );
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw refuse;
  }
  if (!Array.isArray(parts) || parts.length !== 2) throw refuse;
  const [position, id] = parts as unknown[];
  if (typeof position !== 'string' || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d+:-]*$/.test(position))
    throw refuse;
  if (typeof id !== 'string' || !idShape.test(id)) throw refuse;
  return { position, id };
}

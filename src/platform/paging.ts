/**
 * Pages of a list: a page begins behind the place where the one before it ended, so what comes or goes meanwhile neither repeats a row
 * nor leaves one out. A query orders by a time and an id, asks for one row more than the page holds, and selects the time as text
 * (`position`), because PostgreSQL knows it to the microsecond.
 */
import { AppError } from './errors.ts';

/** A row's place in the order: its time as PostgreSQL writes it, in UTC, and its id. */
export type Place = { position: string; id: string };

const POSITION = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?(\+00)?$/;

export const UUID_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const NUMBER_ID = /^\d{1,15}$/;

/** The place as one opaque text, for `next_cursor`. */
export function packCursor({ position, id }: { position: string; id: string | number }): string {
  return Buffer.from(JSON.stringify([position, String(id)])).toString('base64url');
}

/**
 * What `packCursor` packed; undefined for none. `id` is the shape of the list's ids.
 * @throws AppError `<module>.bad_cursor` for a cursor that this server did not give out
 */
export function unpackCursor(
  text: string | undefined,
  { id: shape, module }: { id: RegExp; module: string },
): Place | undefined {
  if (text === undefined) return undefined;
  const [position, id] = partsOf(text);
  const isOurs = typeof position === 'string' && isTime(position) && typeof id === 'string' && shape.test(id);
  if (isOurs) return { position, id };
  throw new AppError(
    `${module}.bad_cursor`,
    400,
    'This cursor is not one of ours. Leave it out to start at the first page, then use next_cursor as it is.',
  );
}

/** A day that no calendar has would be PostgreSQL's error, and so ours. */
function isTime(position: string): boolean {
  if (!POSITION.test(position) || position.startsWith('0000')) return false;
  const [second] = position.replace(' ', 'T').split(/[.+]/);
  const time = new Date(`${second ?? ''}Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === second;
}

function partsOf(text: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(parts) && parts.length === 2 ? parts : [];
  } catch {
    return [];
  }
}

/** The rows of a page, of up to one more that were found, and the cursor of the next page; null when this is the last. */
export function cutPage<Row>(
  found: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => string,
): { rows: Row[]; next_cursor: string | null } {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next_cursor: last !== undefined && found.length > limit ? cursorOf(last) : null };
}

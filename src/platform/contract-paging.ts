/** What every list is asked for beside its filters. No I/O: contracts load it. */
import { Type } from 'typebox';

/** Rows of a page where nobody says how many. */
export const PAGE_SIZE = 50;

export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: PAGE_SIZE }));

/** What `packCursor` made (paging.ts). */
export const Cursor = Type.Optional(
  Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' }),
);

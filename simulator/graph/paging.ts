/** Lists in Meta's shape: opaque cursors before and after, `next` only while there is more. */
import { GraphApiError } from './graph-error.ts';
import type { GraphRequest } from './graph-request.ts';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;

/** One page of `items` (which have a stable order) with links to its neighbours. */
export function pageOf(
  request: GraphRequest,
  items: readonly { id: string; row: Record<string, unknown> }[],
): Record<string, unknown> {
  const limit = Math.min(Math.max(1, Number(request.query['limit']) || DEFAULT_LIMIT), MAX_LIMIT);
  const after = request.query['after'];
  const start = after === undefined || after === '' ? 0 : positionOf(items, after) + 1;
  const page = items.slice(start, start + limit);
  const first = page[0];
  const last = page.at(-1);
  if (!first || !last) return { data: [] };
  const cursors = { before: cursorOf(first.id), after: cursorOf(last.id) };
  const more = start + page.length < items.length;
  return {
    data: page.map((item) => item.row),
    paging: more ? { cursors, next: nextLink(request, limit, cursors.after) } : { cursors },
  };
}

/** Only the fields that `fields=` names (all of `usual` without it), always with the id. */
export function pickFields(
  all: Record<string, unknown>,
  fields: string | undefined,
  usual: readonly string[],
): Record<string, unknown> {
  const wanted = fields === undefined || fields === '' ? usual : fields.split(/,(?![^{(]*[})])/);
  const picked: Record<string, unknown> = {};
  for (const field of wanted) {
    const name = field.trim().replace(/[{.(].*$/s, '');
    if (name in all && all[name] !== undefined) picked[name] = all[name];
  }
  picked['id'] = all['id'];
  return picked;
}

function cursorOf(id: string): string {
  return `QVFI${Buffer.from(id).toString('base64url')}`;
}

function positionOf(items: readonly { id: string }[], cursor: string): number {
  const id = Buffer.from(cursor.replace(/^QVFI/, ''), 'base64url').toString('utf8');
  const position = items.findIndex((item) => item.id === id);
  if (position < 0) throw new GraphApiError(131059, { details: 'The cursor is not valid.' });
  return position;
}

function nextLink(request: GraphRequest, limit: number, after: string): string {
  const query = new URLSearchParams({ ...request.query, limit: String(limit), after });
  query.delete('access_token');
  return `${request.sim.baseUrl()}/graph/${request.path.join('/')}?${query.toString()}`;
}

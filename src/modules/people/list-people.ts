/** The people of one's organization. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { cutPage } from '../../platform/paging.ts';
import type { Actor } from '../auth/contract.ts';
import type { PageQuery, PeoplePage, Person } from './contract.ts';
import { listPeople, type PersonRow } from './queries/people.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

type Reader = Pick<Actor, 'role' | 'isOwner'>;

const mayManage = (reader: Reader) => reader.isOwner || reader.role === 'admin';

/** What `reader` may know of a colleague. */
export function presentPerson(row: PersonRow, reader: Reader): Person {
  const full = mayManage(reader);
  return {
    id: row.id,
    name: row.name,
    is_owner: row.is_owner,
    disabled: row.disabled_at !== null,
    email: full ? row.email : null,
    role: full ? row.role : null,
    verified: full ? row.verified : null,
    second_factor: full ? row.second_factor : null,
    last_active_at: full ? (row.last_active_at?.toISOString() ?? null) : null,
    created_at: row.created_at.toISOString(),
  };
}

/** By name. Who may not manage people sees those who can be worked with: not the disabled. */
export async function getPeople(app: App, actor: Actor, query: PageQuery): Promise<PeoplePage> {
  const { limit = PAGE_SIZE, cursor } = query;
  const filter = { cursor, limit: limit + 1, withDisabled: mayManage(actor) };
  const found = await asUser(app, actor, (tx) => listPeople(tx, filter));
  const { rows, next_cursor } = cutPage(found, limit, ({ id }) => id);
  return { data: rows.map((row) => presentPerson(row, actor)), next_cursor };
}

/** The keys that somebody may see: their own, and an owner those of the organization. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { cutPage } from '../../platform/paging.ts';
import type { Actor, ApiKeyPage, ApiKeysQuery } from './contract.ts';
import { presentApiKey } from './create-api-key.ts';
import * as queries from './queries/api-keys.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

/** Newest first. */
export async function listApiKeys(app: App, actor: Actor, query: ApiKeysQuery): Promise<ApiKeyPage> {
  const { limit = PAGE_SIZE, cursor } = query;
  const found = await asUser(app, actor, (tx) => queries.listApiKeys(tx, { cursor, limit: limit + 1 }));
  const { rows, next_cursor } = cutPage(found, limit, ({ id }) => id);
  return { data: rows.map(presentApiKey), next_cursor };
}

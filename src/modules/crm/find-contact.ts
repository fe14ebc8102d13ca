/** Who somebody is, asked without meeting them: nothing is written and nobody is held up. */
import type { Tx } from '../../platform/db/tx.ts';
import type { Contact, ContactIdentity } from './contract.ts';
import { findContact as find } from './queries.ts';
import { identityKeys } from './rules.ts';

/** Null when nobody under these names has been heard of. A username is only asked where nothing better is known. */
export function findContact(
  tx: Tx,
  { portfolioId, identity }: { portfolioId: string; identity: ContactIdentity },
): Promise<Pick<Contact, 'phones' | 'customers'> | null> {
  return find(tx, { portfolioId, keys: identityKeys(identity), username: identity.username ?? null });
}

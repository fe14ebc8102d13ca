/** Which accounts a person may use, and what is known of their numbers. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import type { PhoneNumber, WabaStatus } from './contract.ts';
import { listGrants, listNumbers } from './queries.ts';

type NumberRow = Awaited<ReturnType<typeof listNumbers>>[number];

/** A number as the outside sees it. */
export function presentNumber({ waba_id: _account, mode, ...number }: NumberRow): PhoneNumber {
  return { ...number, mode: mode === 'central' ? 'central' : 'dedicated' };
}

/** The accounts that a person holds a grant on, in the order in which they were connected, with their numbers. */
export function getStatus(app: App, actor: Pick<Actor, 'userId' | 'organizationId'>): Promise<WabaStatus> {
  return asUser(app, actor, async (tx) => {
    const grants = await listGrants(tx, actor.userId);
    const numbers = await listNumbers(
      tx,
      grants.map((grant) => grant.waba_id),
    );
    const accounts = grants.map((grant) => ({
      waba_id: grant.waba_id,
      name: grant.name,
      owner_business_id: grant.owner_business_id,
      connected: grant.connected,
      token_expires_at: grant.token_expires_at?.toISOString() ?? null,
      phone_numbers: numbers.filter((number) => number.waba_id === grant.waba_id).map(presentNumber),
    }));
    return { connected: accounts.some((account) => account.connected), accounts };
  });
}

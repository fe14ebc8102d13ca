/**
 * Taking part in a central number, or no longer. Every yes and no is added to the ledger of consent in the same transaction, with
 * who said it, when, and how.
 */
import { Value } from 'typebox/value';
import type { App } from '../../app.ts';
import { asUser, type Tx, type TxUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { AutoResponses, isTimeZone } from './contract-auto-responses.ts';
import {
  hoursEndBeforeTheyBegin,
  signatureOf,
  unknownTimeZone,
  type OptIn,
  type OptInBody,
} from './contract.ts';
import { findOptIn, insertConsent, updateOptIn } from './queries.ts';

async function describe(app: App, tx: Tx, userId: string): Promise<OptIn> {
  const row = await findOptIn(tx, userId);
  if (!row) throw notFound('profile');
  const signer = { name: row.full_name, own: row.message_signature };
  return {
    enabled: row.whatsapp_enabled,
    opted_in_at: row.whatsapp_opted_in_at?.toISOString() ?? null,
    notifications_enabled: row.whatsapp_notifications_enabled,
    signature: row.message_signature,
    auto_responses: Value.Check(AutoResponses, row.auto_responses) ? row.auto_responses : null,
    preview: signatureOf(signer, row.brand_name ?? app.config.brandName),
  };
}

/** Throws 404 for somebody without a profile. */
export function getOptIn(app: App, user: TxUser): Promise<OptIn> {
  return asUser(app, user, (tx) => describe(app, tx, user.userId));
}

/**
 * From the commit on, renters of this person are routed as they say here.
 * @param method how they said it, for the ledger: 'settings', 'api', 'demo'
 */
export function changeOptIn(app: App, user: TxUser, body: OptInBody, method: string): Promise<OptIn> {
  const away = body.auto_responses?.away;
  if (away && !isTimeZone(away.time_zone)) throw unknownTimeZone(away.time_zone);
  if (away?.hours.some(({ from, to }) => from >= to)) throw hoursEndBeforeTheyBegin();
  return asUser(app, user, async (tx) => {
    const before = await findOptIn(tx, user.userId);
    if (!before) throw notFound('profile');
    await updateOptIn(tx, user.userId, body);
    if (before.whatsapp_enabled !== body.enabled) await insertConsent(tx, user, { ...body, method });
    return describe(app, tx, user.userId);
  });
}

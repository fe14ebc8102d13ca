/** A customer's own wish, set in WhatsApp or written in a message, in the ledger of consent. Told twice, it stands there once. */
import type { Tx } from '../../platform/db/tx.ts';
import type { ContactIdentity } from './contract.ts';
import { insertPreference } from './queries.ts';
import { identityKeys } from './rules.ts';

/** A wish of a customer, and what proves it. */
export type Preference = {
  organizationId: string;
  portfolioId: string;
  phoneNumberId: string;
  identity: ContactIdentity;
  /** Meta's word, such as `marketing_messages`; `all` for what they wrote themselves. */
  category: string;
  method: 'whatsapp_preference' | 'keyword';
  /** The message that said so, and whose customer they are there. */
  messageId?: number;
  agentId?: number | null;
  optedIn: boolean;
  /** When the person decided. */
  at: Date | null;
  /** What told it; the same for every repetition. */
  sourceKey: string;
};

/** False when it was known. */
export async function recordPreference(tx: Tx, preference: Preference): Promise<boolean> {
  // The user id stays when the phone is hidden.
  const keys = identityKeys(preference.identity);
  const key = keys.find(({ kind }) => kind === 'user_id') ?? keys[0];
  if (!key) return false;
  return insertPreference(tx, preference, key);
}

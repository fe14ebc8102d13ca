/** What an organization lets Switchboard write by itself, and the words that it takes as STOP and START. */
import { Value } from 'typebox/value';
import type { App } from '../../app.ts';
import { asUser, type Tx, type TxUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { entityTag, refuseOutdated } from '../../platform/http/entity-tag.ts';
import { AutomaticMessages, DEFAULT_AUTOMATIC_MESSAGES } from './contract-automatic.ts';
import {
  findAutomaticMessages,
  lockAutomaticMessages,
  updateAutomaticMessages,
} from './queries/organization.ts';
import { recordAudit } from './record-audit.ts';

/** What was stored in another shape counts as not set. */
export function readAutomaticMessages(stored: unknown): AutomaticMessages {
  return Value.Check(AutomaticMessages, stored) ? stored : DEFAULT_AUTOMATIC_MESSAGES;
}

/** Of the organization that the transaction acts for. */
export async function loadAutomaticMessages(
  tx: Tx,
): Promise<{ settings: AutomaticMessages; brand: string | null }> {
  const row = await findAutomaticMessages(tx, tx.organizationId ?? '');
  if (!row) throw notFound('organization');
  return { settings: readAutomaticMessages(row.automatic_messages), brand: row.brand_name };
}

/** What customers get by itself; defaults where nothing was set. */
export function getAutomaticMessages(app: App, reader: TxUser): Promise<AutomaticMessages> {
  return asUser(app, reader, async (tx) => (await loadAutomaticMessages(tx)).settings);
}

/** Returns them as they are now. Only an owner's change finds its row. Throws `platform.changed_meanwhile` when `ifMatch` names another version. */
export function changeAutomaticMessages(
  app: App,
  owner: TxUser,
  { wanted, ifMatch }: { wanted: AutomaticMessages; ifMatch: string | undefined },
): Promise<AutomaticMessages> {
  return asUser(app, owner, async (tx) => {
    const held = await lockAutomaticMessages(tx, owner.organizationId);
    if (!held) throw notFound('organization');
    const before = readAutomaticMessages(held.automatic_messages);
    refuseOutdated(ifMatch, before);
    const row = await updateAutomaticMessages(tx, owner.organizationId, wanted);
    if (!row) throw notFound('organization');
    if (entityTag(before) !== entityTag(wanted))
      await recordAudit(tx, {
        action: 'organization.automatic-messages-changed',
        subject: { kind: 'organization', id: owner.organizationId, name: row.name },
        details: {
          language: wanted.language,
          notice: wanted.notice.enabled,
          stop_words: wanted.stop_words.length,
          start_words: wanted.start_words.length,
        },
      });
    return wanted;
  });
}

/**
 * Writes to an organization's owners about something that was noticed on an account. Runs as a job: a letter may be written twice when
 * the mail server takes it and the process ends before that is known, and never in a transaction.
 */
import type { App } from '../../app.ts';
import type { Json } from '../../graph-api/json.ts';
import { asWorker } from '../../platform/db/tx.ts';
import { describeAccountEvent } from './describe-account-event.ts';
import { findEvent, listConnections, listOwners } from './queries/health.ts';

/** Which event of which account. */
export type Notification = { organization_id: string; waba_id: string; key: string };

/** Does nothing without a mail server: the event stands on the screen anyway. */
export async function writeToOwners(
  app: App,
  { organization_id, waba_id, key }: Notification,
): Promise<void> {
  const { mailer } = app;
  if (mailer === null) return;
  const known = await asWorker(app, organization_id, async (tx) => {
    const event = await findEvent(tx, waba_id, key);
    const account = (await listConnections(tx)).find((one) => one.waba_id === waba_id);
    return event ? { event, name: account?.name ?? waba_id, owners: await listOwners(tx) } : null;
  });
  if (known === null) return;
  const { title, detail } = describeAccountEvent(
    known.event.field,
    known.event.event,
    known.event.payload as Json,
  );
  for (const owner of known.owners)
    await mailer.send({
      to: owner.email,
      subject: `${known.name}: ${title}`,
      paragraphs: [
        `Hello ${owner.name},`,
        `${title}. ${detail ?? ''}`.trim(),
        `WhatsApp account: ${known.name}`,
      ],
      link: { label: 'Open Health', url: `${app.config.publicUrl}/settings/health` },
    });
}

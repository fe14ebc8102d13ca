/** Reading and changing the settings of one's own organization. */
import type { App } from '../../app.ts';
import { asUser, type TxUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import type { AuditDetails } from './contract-audit.ts';
import type { OrganizationPatch, OrganizationSettings } from './contract.ts';
import { findOrganization, updateOrganization } from './queries/organization.ts';
import { recordAudit } from './record-audit.ts';

type Row = NonNullable<Awaited<ReturnType<typeof findOrganization>>>;

function present(app: App, row: Row): OrganizationSettings {
  return { ...row, install_brand_name: app.config.brandName, created_at: row.created_at.toISOString() };
}

/** The settings of the reader's own organization. */
export async function getOrganization(app: App, reader: TxUser): Promise<OrganizationSettings> {
  const row = await asUser(app, reader, findOrganization);
  if (!row) throw notFound('organization');
  return present(app, row);
}

/** Returns the settings as they are now. Only an owner's change finds its row. */
export async function changeOrganization(
  app: App,
  owner: TxUser,
  patch: OrganizationPatch,
): Promise<OrganizationSettings> {
  const row = await asUser(app, owner, async (tx) => {
    const before = await findOrganization(tx);
    const after = await updateOrganization(tx, owner.organizationId, trimmed(patch));
    if (!before || !after) throw notFound('organization');
    const details = changesOf(before, after);
    const subject = { kind: 'organization', id: after.id, name: after.name };
    if (Object.keys(details).length > 0)
      await recordAudit(tx, { action: 'organization.changed', subject, details });
    return after;
  });
  return present(app, row);
}

function trimmed(patch: OrganizationPatch): OrganizationPatch {
  return {
    ...patch,
    ...(patch.name !== undefined && { name: patch.name.trim() }),
    ...(typeof patch.brand_name === 'string' && { brand_name: patch.brand_name.trim() }),
  };
}

/** The new values of what changed. Pure. */
function changesOf(before: Row, after: Row): AuditDetails {
  const fields = ['name', 'brand_name', 'single_user_mode'] as const;
  return Object.fromEntries(
    fields.filter((field) => before[field] !== after[field]).map((field) => [field, after[field]]),
  );
}

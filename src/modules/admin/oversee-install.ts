/** What an admin sees of the install: organizations, counts, what waits, and what to enter at Meta. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { cutPage, packCursor, unpackCursor } from '../../platform/paging.ts';
import type { Actor } from '../auth/contract.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type {
  InstallOrganization,
  InstallOverview,
  InstallWebhook,
  OrganizationPage,
  OrganizationsQuery,
} from './contract.ts';
import { countConfigurations, countInstall, listOrganizations, type OrganizationRow } from './queries.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

const ORGANIZATION_ID = /^org_[\w-]{1,96}$/;

function present(row: OrganizationRow): InstallOrganization {
  return {
    id: row.id,
    name: row.name,
    created_at: row.created_at.toISOString(),
    people: row.people,
    disabled_people: row.disabled,
    numbers: row.numbers,
    last_active_at: row.last_active_at?.toISOString() ?? null,
    has_configuration: row.has_configuration,
  };
}

/** Newest first. Throws `admin.bad_cursor`. */
export async function readOrganizations(
  app: App,
  admin: Actor,
  { limit = PAGE_SIZE, cursor }: OrganizationsQuery,
): Promise<OrganizationPage> {
  const before = unpackCursor(cursor, { id: ORGANIZATION_ID, module: 'admin' });
  const found = await asUser(app, admin, (tx) => listOrganizations(tx, { before, limit: limit + 1 }));
  const { rows, next_cursor } = cutPage(found, limit, packCursor);
  return { data: rows.map(present), next_cursor };
}

/** How much there is of everything in the install, and what waits to be worked off. */
export async function getOverview(app: App, admin: Actor): Promise<InstallOverview> {
  const { counts, configurations } = await asUser(app, admin, async (tx) => ({
    counts: await countInstall(tx),
    configurations: await countConfigurations(tx),
  }));
  const { organizations, people, numbers, deliveries, items, quarantined, outbox } = counts;
  return {
    organizations,
    people,
    numbers,
    queue: { deliveries, items, quarantined, outbox, unknown: counts.unknown_sends },
    configurations,
  };
}

/** The verify token can be had nowhere else when it was generated. Throws `auth.sign_in_again`; each look is audited. */
export async function revealWebhook(app: App, admin: Actor): Promise<InstallWebhook> {
  requireRecentSignIn(admin, app.clock);
  await asUser(app, admin, (tx) =>
    recordAudit(tx, { action: 'install.webhook-revealed', subject: { kind: 'install', id: null } }),
  );
  return {
    callback_url: `${app.config.publicUrl}/webhooks/whatsapp`,
    verify_token: app.webhook.verifyToken,
  };
}

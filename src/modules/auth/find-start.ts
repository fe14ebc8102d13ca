/** What the start-up lines tell: whether anybody has registered, and for whom a sign-in link would be. */
import type { App } from '../../app.ts';
import { asGuest } from '../../platform/db/tx.ts';
import { findFirstAdminEmail, hasUsers } from './queries.ts';
import { findCredentials } from './queries/credentials.ts';

/** `adminEmail` is that of the first admin; null when nobody has registered. */
export function findStart(app: App): Promise<{ hasUsers: boolean; adminEmail: string | null }> {
  return asGuest(app, async (tx) => ({
    hasUsers: await hasUsers(tx),
    adminEmail: await findFirstAdminEmail(tx),
  }));
}

/** The user and organization behind an email address; null when nobody has it. For the program itself: nothing answers this over HTTP. */
export async function findUserByEmail(
  app: App,
  email: string,
): Promise<{ userId: string; organizationId: string } | null> {
  const found = await asGuest(app, (tx) => findCredentials(tx, email, null));
  return found && { userId: found.userId, organizationId: found.organizationId };
}

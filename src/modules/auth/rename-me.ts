/** Changing one's own name: in the list of people, and in the signature that customers see. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import type { Actor, Me, ProfilePatch } from './contract.ts';
import { describeMe } from './open-session.ts';
import { findMe, renameUser } from './queries.ts';

/** Returns the person as they are now. */
export function renameMe(app: App, actor: Actor, { name }: ProfilePatch): Promise<Me> {
  return asUser(app, actor, async (tx) => {
    await renameUser(tx, actor.userId, name.trim());
    return describeMe(await findMe(tx, actor.userId), actor.scopes);
  });
}

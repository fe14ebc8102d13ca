/** Changing a colleague's name or rights. The database decides, so that two owners at once cannot leave nobody. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Actor } from '../auth/contract.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { Person, PersonPatch } from './contract.ts';
import { refusal } from './errors.ts';
import { presentPerson } from './list-people.ts';
import { changePerson as change, findPerson } from './queries/people.ts';

/** Disabling ends all sessions, keys and streams of the person at once. Throws 404, and `people.…` for what must not be. */
export async function changePerson(app: App, actor: Actor, id: string, patch: PersonPatch): Promise<Person> {
  if (!isUuid(id)) throw notFound('person');
  if (patch.is_owner === true || patch.role === 'admin') requireRecentSignIn(actor, app.clock);
  return asUser(app, actor, async (tx) => {
    const before = await findPerson(tx, id);
    const outcome = await change(tx, id, patch);
    if (outcome !== 'ok') throw refusal({ outcome });
    const after = await findPerson(tx, id);
    if (!before || !after) throw notFound('person');
    const changed = {
      ...(before.name !== after.name && { name: after.name }),
      ...(before.is_owner !== after.is_owner && { is_owner: after.is_owner }),
      ...(before.role !== after.role && { role: after.role }),
      ...((before.disabled_at === null) !== (after.disabled_at === null) && {
        disabled: after.disabled_at !== null,
      }),
    };
    const subject = { kind: 'user', id, name: after.name };
    if (Object.keys(changed).length > 0)
      await recordAudit(tx, { action: 'person.changed', subject, details: changed });
    return presentPerson(after, actor);
  });
}

/** Routes of the quarantine, for owners and for whoever runs the install. */
import type { Call, Entries, Entry, Scene } from './entry.ts';
import type { Ids } from './ids.ts';
import { HERE_CANARY, SET_ASIDE } from './world.ts';

const one = ({ quarantined }: Ids): Call => ({ params: { id: quarantined } });
/** What was replayed is not set aside any more. */
const setAside = async (scene: Scene): Promise<Partial<Ids>> => {
  const [item] = await scene.sql<{ id: string }>(SET_ASIDE, [scene.owner.organization.id, HERE_CANARY]);
  return { quarantined: String(item?.id) };
};
const own: Entry = { may: 'owner', answers: 200 };
const install: Entry = { may: 'admin', answers: 200, wholeInstall: true };

export const quarantine: Entries = {
  'GET /api/v1/quarantine': own,
  'GET /api/v1/quarantine/:id': { ...own, call: one, prepare: setAside },
  'POST /api/v1/quarantine/:id/replay': { ...own, call: one, prepare: setAside },
  'POST /api/v1/quarantine/replay': {
    ...own,
    call: () => ({ body: {} }),
    prepare: setAside,
  },
  'GET /api/v1/admin/quarantine': install,
  'GET /api/v1/admin/quarantine/:id': { ...install, call: one, prepare: setAside },
  'POST /api/v1/admin/quarantine/:id/replay': { ...install, call: one, prepare: setAside },
  'POST /api/v1/admin/quarantine/replay': {
    ...install,
    call: () => ({ body: {} }),
    prepare: setAside,
  },
};

/** Routes of the module admin: the whole install, for whoever runs it. */
import type { Caller, Entries, Entry, Scene } from './entry.ts';
import type { Ids } from './ids.ts';
import { setAside } from './inbound.ts';

/** A configuration of the organization that is watched over. */
async function configure(scene: Scene): Promise<Partial<Ids>> {
  const { user, organization } = scene.owner;
  await scene.sql('DELETE FROM tenant_configs WHERE tenant_id = $1', [organization.id]);
  const [row] = await scene.sql<{ id: number }>(
    `INSERT INTO tenant_configs (tenant_id, user_id, fb_app_id) VALUES ($1, $2, '77') RETURNING id`,
    [organization.id, user.id],
  );
  return { configuration: String(row?.id) };
}

async function configureAndDelete(scene: Scene, caller: Caller): Promise<Partial<Ids>> {
  const ids = await configure(scene);
  const path = `/api/v1/tenant/admin/configs/delete-tenant/${scene.owner.organization.id}`;
  await scene.call(caller, 'DELETE', path);
  return ids;
}

const install: Entry = { may: 'admin', answers: 200, wholeInstall: true };

export const admin: Entries = {
  'GET /api/v1/admin/overview': install,
  'GET /api/v1/admin/organizations': install,
  'GET /api/v1/admin/audit': install,
  'GET /api/v1/admin/audit/check': install,
  'POST /api/v1/admin/webhook/reveal': { ...install, needsRecentSignIn: true, gives: ['verify_token'] },
  'GET /api/v1/tenant/admin/configs/all': { ...install, gives: ['access_token', 'fb_app_secret'] },
  'GET /api/v1/tenant/admin/configs/stats': install,
  'DELETE /api/v1/tenant/admin/configs/delete-all': {
    ...install,
    call: () => ({ body: { confirm: 'delete all configurations' } }),
    needsRecentSignIn: true,
  },
  'DELETE /api/v1/tenant/admin/configs/delete-tenant/:id': {
    ...install,
    call: ({ organization }) => ({ params: { id: organization } }),
    prepare: configure,
    needsRecentSignIn: true,
  },
  'POST /api/v1/tenant/admin/configs/restore/:id': {
    ...install,
    call: ({ configuration }) => ({ params: { id: configuration } }),
    prepare: configureAndDelete,
  },
  'GET /api/v1/admin/quarantine': install,
  'GET /api/v1/admin/quarantine/:id': {
    ...install,
    call: ({ item }) => ({ params: { id: item } }),
    prepare: setAside,
  },
  'POST /api/v1/admin/quarantine/:id/replay': {
    ...install,
    call: ({ item }) => ({ params: { id: item } }),
    prepare: setAside,
  },
  'POST /api/v1/admin/quarantine/replay': {
    ...install,
    call: ({ item }) => ({ body: { ids: [Number(item)] } }),
    prepare: setAside,
  },
};

/** Routes of the module credentials, and of waba's check of them. They name nothing: there is one configuration an organization. */
import type { Caller, Entries, Entry, Scene } from './entry.ts';
import type { Ids } from './ids.ts';

const BODY = { fb_app_id: '1234567890', fb_app_secret: 'f00dfeedf00dfeedf00dfeedf00dfeed' };

async function forget(scene: Scene, { organizationId }: Caller): Promise<Partial<Ids>> {
  await scene.sql('DELETE FROM tenant_configs WHERE tenant_id = $1', [organizationId]);
  return {};
}

async function make(scene: Scene, caller: Caller): Promise<Partial<Ids>> {
  await forget(scene, caller);
  await scene.call(caller, 'POST', '/api/v1/tenant/config', BODY);
  return {};
}

async function makeDeleted(scene: Scene, caller: Caller): Promise<Partial<Ids>> {
  await make(scene, caller);
  await scene.call(caller, 'DELETE', '/api/v1/tenant/config');
  return {};
}

const own: Entry = { may: 'owner', answers: 200, prepare: make };
const masked: Entry = { ...own, gives: ['access_token', 'fb_app_secret', 'verify_token', 'refresh_token'] };

export const credentials: Entries = {
  'GET /api/v1/tenant/config': masked,
  'GET /api/v1/tenant/config/full': { ...masked, needsRecentSignIn: true },
  'GET /api/v1/tenant/config/overview': masked,
  'POST /api/v1/tenant/config': { ...masked, answers: 201, call: () => ({ body: BODY }), prepare: forget },
  'PUT /api/v1/tenant/config': { ...masked, call: () => ({ body: { fb_app_id: '987654321' } }) },
  'DELETE /api/v1/tenant/config': { ...own, needsRecentSignIn: true },
  'POST /api/v1/tenant/config/restore': { ...masked, prepare: makeDeleted },
  'POST /api/v1/tenant/config/activate': masked,
  'POST /api/v1/tenant/config/deactivate': masked,
  'POST /api/v1/tenant/config/check': own,
};

/** Routes of the module waba: accounts, numbers, connecting to WhatsApp, and how well they are. */
import type { Caller, Entries, Scene } from './entry.ts';
import type { Ids } from './ids.ts';

/** An account on Meta's side that the caller may connect, with its token; by the install's app, not by one of the organization's own. */
async function declare(scene: Scene, { organizationId }: Caller): Promise<Partial<Ids>> {
  await scene.sql('DELETE FROM tenant_configs WHERE tenant_id = $1', [organizationId]);
  const { control } = scene.switchboard.simulator;
  const { waba_id, access_token, phone_number_id } = control.declareAccount({
    name: 'Account of the matrix',
  });
  return { waba: waba_id, metaToken: access_token, phoneNumber: phone_number_id };
}

/** The same, connected by the caller. */
async function connect(scene: Scene, caller: Caller): Promise<Partial<Ids>> {
  const ids = await declare(scene, caller);
  await scene.call(caller, 'POST', '/api/waba/connect', { waba_id: ids.waba, access_token: ids.metaToken });
  return ids;
}

/** The same, with its number registered, so that its PIN is known. */
async function register(scene: Scene, caller: Caller): Promise<Partial<Ids>> {
  const ids = await connect(scene, caller);
  const path = `/api/waba/${ids.waba ?? ''}/phone-numbers/${ids.phoneNumber ?? ''}/register`;
  await scene.call(caller, 'POST', path, { pin: '271828' });
  return ids;
}

/** The same, with the caller answering on it. */
async function answer(scene: Scene, caller: Caller): Promise<Partial<Ids>> {
  const ids = await connect(scene, caller);
  await scene.call(caller, 'PUT', '/api/v1/whatsapp-configuration', { whatsapp_number: '+49 30 901820' });
  return ids;
}

/** A stored attempt of the caller's to connect, which failed. */
async function makeAttempt(scene: Scene, { organizationId, userId }: Caller): Promise<Partial<Ids>> {
  const [row] = await scene.sql<{ id: string }>(
    `INSERT INTO connection_attempts (organization_id, user_id, kind, status, step, app_id)
     VALUES ($1, $2, 'token', 'failed', 'inspect', '1') RETURNING id`,
    [organizationId, userId],
  );
  return { connection: row?.id ?? '' };
}

const byToken = 'an account is connected by its token, whoever else has connected it';

export const waba: Entries = {
  'GET /api/waba/status': { may: 'agent', answers: 200 },
  'GET /api/waba/connect/options': { may: 'agent', answers: 200 },
  'POST /api/waba/connect': {
    may: 'agent',
    answers: 200,
    call: ({ waba: wabaId, metaToken }) => ({ body: { waba_id: wabaId, access_token: metaToken } }),
    prepare: declare,
    foreign: { answers: [400, 422], because: byToken },
  },
  'POST /api/waba/oauth/start': {
    may: 'agent',
    answers: 201,
    call: () => ({ body: {} }),
    notForApiKeys: true,
  },
  'POST /api/waba/oauth/callback': {
    may: 'agent',
    answers: 400,
    call: () => ({ body: { state: 'a state that nobody began', code: 'AQDcode' } }),
  },
  'POST /api/waba/connections': {
    may: 'agent',
    answers: 201,
    call: ({ waba: wabaId, metaToken }) => ({ body: { waba_id: wabaId, access_token: metaToken } }),
    prepare: declare,
    foreign: { answers: [201, 422], because: `${byToken}; the attempt says what is wrong` },
  },
  'GET /api/waba/connections': { may: 'agent', answers: 200 },
  'GET /api/waba/connections/:id': {
    may: 'agent',
    answers: 200,
    call: ({ connection }) => ({ params: { id: connection } }),
    prepare: makeAttempt,
  },
  'POST /api/waba/connections/:id/continue': {
    may: 'agent',
    answers: 200,
    call: ({ connection }) => ({ params: { id: connection } }),
    prepare: makeAttempt,
  },
  'POST /api/waba/connections/:id/choose': {
    may: 'agent',
    answers: 409,
    call: ({ connection }) => ({ params: { id: connection }, body: { waba_id: '1' } }),
    prepare: makeAttempt,
  },
  'DELETE /api/waba/connections/:id': {
    may: 'agent',
    answers: 204,
    call: ({ connection }) => ({ params: { id: connection } }),
    prepare: makeAttempt,
  },
  'DELETE /api/waba/:waba_id': {
    may: 'agent',
    answers: 200,
    call: ({ waba: waba_id }) => ({ params: { waba_id } }),
    prepare: connect,
  },
  'POST /api/waba/:waba_id/phone-numbers/:id/register': {
    may: 'agent',
    answers: 200,
    call: ({ waba: waba_id, phoneNumber: id }) => ({ params: { waba_id, id }, body: {} }),
    prepare: connect,
    takes: ['pin'],
  },
  'GET /api/waba/:waba_id/phone-numbers/:id/pin': {
    may: 'owner',
    answers: 200,
    call: ({ waba: waba_id, phoneNumber: id }) => ({ params: { waba_id, id } }),
    prepare: register,
    needsRecentSignIn: true,
    gives: ['pin'],
  },
  'PUT /api/waba/:waba_id/phone-numbers/:id/pin': {
    may: 'owner',
    answers: 204,
    call: ({ waba: waba_id, phoneNumber: id }) => ({ params: { waba_id, id }, body: { pin: '918273' } }),
    prepare: register,
    needsRecentSignIn: true,
  },
  'POST /api/v1/tenant/onboard/whatsapp-client': {
    may: 'owner',
    answers: 422,
    call: ({ waba: waba_id, phoneNumber: phone_number_id }) => ({
      body: { code: 'AQDcode', waba_id, phone_number_id, redirect_uri: 'https://example.test/back' },
    }),
    foreign: {
      answers: [400, 409, 422],
      because: 'the code decides what may be connected, and it is no good',
    },
  },
  'GET /api/v1/health/accounts': { may: 'agent', answers: 200 },
  'GET /api/v1/health/events': { may: 'agent', answers: 200 },
  'POST /api/v1/health/accounts/:waba_id/check': {
    may: 'owner',
    answers: 200,
    call: ({ waba: waba_id }) => ({ params: { waba_id } }),
    prepare: connect,
  },
  'POST /api/v1/health/accounts/:waba_id/fix': {
    may: 'owner',
    answers: 200,
    call: ({ waba: waba_id }) => ({ params: { waba_id }, body: { check: 'subscription' } }),
    prepare: connect,
  },
  'GET /api/v1/phone-numbers': { may: 'agent', answers: 200 },
  'PATCH /api/v1/phone-numbers/:id': {
    may: 'owner',
    answers: 200,
    call: ({ phoneNumber }) => ({ params: { id: phoneNumber }, body: { mode: 'dedicated' } }),
  },
  'PUT /api/v1/phone-numbers/:id/answering-user': {
    may: 'owner',
    answers: 200,
    call: ({ phoneNumber, user }) => ({ params: { id: phoneNumber }, body: { user_id: user } }),
  },
  'GET /api/v1/whatsapp-configuration': { may: 'agent', answers: 200, prepare: answer },
  'PUT /api/v1/whatsapp-configuration': {
    may: 'agent',
    answers: 200,
    call: () => ({ body: { whatsapp_number: '+49 30 901820' } }),
    prepare: connect,
    takes: ['api_key'],
  },
  'DELETE /api/v1/whatsapp-configuration': { may: 'agent', answers: 204, prepare: answer },
};

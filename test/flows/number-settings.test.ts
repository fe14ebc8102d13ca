/** Numbers' settings: mode and routing, who answers, and the configuration that a person keeps for themselves. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import {
  DEFAULT_ROUTING,
  type NumberSettings,
  type NumberSettingsPage,
  type WhatsappConfiguration,
} from '../../src/modules/waba/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { hire } from '../harness/people.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { switchboard } from '../harness/with-switchboard.ts';

let owner: SessionAnswer;
let agent: SessionAnswer;
let number: ConnectedNumber;

beforeEach(async () => {
  owner = await registerOwner(switchboard.url);
  agent = await hire(switchboard, owner);
  number = await connectNumber(switchboard, owner.access_token);
});

function call<T = NumberSettings>(method: string, path: string, person: SessionAnswer, body?: unknown) {
  return request<T>(`${switchboard.url}/api/v1/${path}`, {
    method,
    token: person.access_token,
    ...(body === undefined ? {} : { body }),
  });
}
const path = () => `phone-numbers/${number.phoneNumberId}`;
const patch = (body: unknown, person = owner) => call('PATCH', path(), person, body);
const assign = (userId: string | null, person = owner) =>
  call('PUT', `${path()}/answering-user`, person, { user_id: userId });
const OWN = 'whatsapp-configuration';

describe('mode and routing', () => {
  test('a number begins dedicated, with the default order, answered by who connected it', async () => {
    const { body } = await call<NumberSettingsPage>('GET', 'phone-numbers', owner);
    expect(body).toMatchObject({
      data: [
        {
          phone_number_id: number.phoneNumberId,
          account_name: 'Test account',
          mode: 'dedicated',
          routing: null,
          is_registered: true,
          answered_by: [{ user_id: owner.user.id, name: 'Robin Vale' }],
        },
      ],
      next_cursor: null,
    });
  });

  test('the order of rules is kept, and null goes back to the default', async () => {
    const routing = ['customer', 'conversation'];
    expect(await patch({ routing, mode: 'central' })).toMatchObject({
      status: 200,
      body: { routing, mode: 'central' },
    });
    expect(await patch({ mode: 'dedicated' })).toMatchObject({ body: { routing, mode: 'dedicated' } });
    expect(await patch({ routing: null })).toMatchObject({ body: { routing: null } });
    expect(DEFAULT_ROUTING.dedicated).toContain('number');
  });

  test.each([
    [{}],
    [{ routing: [] }],
    [{ routing: ['conversation', 'conversation'] }],
    [{ routing: ['triage'] }],
    [{ routing: 'conversation' }],
    [{ mode: 'shared' }],
    [{ mode: 'central', status: 'CONNECTED' }],
  ])('%j is refused', async (body) => {
    expect((await patch(body)).status).toBe(400);
  });

  test('an agent may look and not change; another organization finds nothing', async () => {
    const stranger = await registerOwner(switchboard.url);
    expect((await call<NumberSettingsPage>('GET', 'phone-numbers', agent)).body.data.length).toBe(1);
    expect((await patch({ mode: 'central' }, agent)).status).toBe(403);
    expect((await assign(agent.user.id, agent)).status).toBe(403);
    expect((await patch({ mode: 'central' }, stranger)).status).toBe(404);
    expect((await assign(stranger.user.id, stranger)).status).toBe(404);
    expect((await call<NumberSettingsPage>('GET', 'phone-numbers', stranger)).body.data).toEqual([]);
  });
});

describe('who answers', () => {
  test('is who the owner assigns, alone, and new customers are routed there', async () => {
    expect(await assign(agent.user.id)).toMatchObject({
      status: 200,
      body: { answered_by: [{ user_id: agent.user.id }] },
    });
    const desk = await openRoutingDesk(switchboard);
    const colleague = await hire(switchboard, desk.owner);
    const url = `phone-numbers/${desk.dedicated}/answering-user`;
    await call('PUT', url, desk.owner, { user_id: colleague.user.id });
    expect(await desk.write(desk.dedicated, { phone: newPhone() })).toMatchObject({
      rule: 'number',
      user_id: colleague.user.id,
    });
  });

  test('can be nobody', async () => {
    expect(await assign(null)).toMatchObject({ status: 200, body: { answered_by: [] } });
  });

  test('is never somebody of another organization, or nobody known', async () => {
    const stranger = await registerOwner(switchboard.url);
    expect((await assign(stranger.user.id)).status).toBe(404);
    expect((await assign('00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await call('PUT', `${path()}/answering-user`, owner, { user_id: 'me' })).status).toBe(400);
    expect((await call('PUT', `${path()}/answering-user`, owner, {})).status).toBe(400);
  });
});

describe('a person’s own configuration', () => {
  const mine = (method: string, person = agent, body?: unknown) =>
    call<WhatsappConfiguration>(method, OWN, person, body);

  test('is made, changed in parts, and ended; the key is sealed and never shown', async () => {
    expect((await mine('GET')).status).toBe(404);
    const made = await mine('PUT', agent, {
      whatsapp_number: '+49 30 5550001',
      api_key: 'a-very-secret-key',
    });
    expect(made).toMatchObject({
      status: 200,
      body: { whatsapp_number: '+49 30 5550001', has_api_key: true, is_active: true },
    });
    expect(await mine('PUT', agent, { business_account_id: number.wabaId })).toMatchObject({
      body: { whatsapp_number: '+49 30 5550001', has_api_key: true, business_account_id: number.wabaId },
    });
    expect(JSON.stringify(await mine('GET'))).not.toContain('a-very-secret-key');
    const [row] = await queryAsAdmin<{ api_key: string }>(
      switchboard.database,
      'SELECT api_key FROM whatsapp_configuration WHERE user_id = $1',
      [agent.user.id],
    );
    expect(row?.api_key).toMatch(/^enc_v1:/);
    expect((await mine('DELETE')).status).toBe(204);
    expect((await mine('DELETE')).status).toBe(404);
    expect((await mine('GET')).status).toBe(404);
  });

  test('may name a free number, and only an owner takes one on which somebody answers', async () => {
    const taken = await mine('PUT', agent, {
      whatsapp_number: '15550001',
      phone_number_id: number.phoneNumberId,
    });
    expect(taken).toMatchObject({ status: 409, body: { code: 'waba.number_answered' } });
    await assign(null);
    expect(
      (await mine('PUT', agent, { whatsapp_number: '15550001', phone_number_id: number.phoneNumberId }))
        .status,
    ).toBe(200);
    expect((await mine('PUT', agent, { phone_number_id: number.phoneNumberId })).status).toBe(200);
    expect(
      (await mine('PUT', owner, { whatsapp_number: '15550001', phone_number_id: number.phoneNumberId }))
        .status,
    ).toBe(200);
  });

  test('cannot name a number of another organization', async () => {
    const stranger = await registerOwner(switchboard.url);
    const body = { whatsapp_number: '15550001', phone_number_id: number.phoneNumberId };
    expect((await mine('PUT', stranger, body)).status).toBe(404);
  });

  test.each([
    [{}],
    [{ whatsapp_number: 'call me' }],
    [{ whatsapp_number: '15550001', webhook_url: 'ftp://x.test' }],
    [{ whatsapp_number: '15550001', is_active: true }],
    [{ whatsapp_number: '15550001', api_key: 'two words' }],
  ])('%j is refused', async (body) => {
    expect((await mine('PUT', agent, body)).status).toBe(400);
  });

  test('needs the number the first time', async () => {
    expect(await mine('PUT', agent, { api_key: 'key' })).toMatchObject({ status: 422 });
  });
});

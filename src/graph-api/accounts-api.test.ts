import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGraphClient } from './client.ts';
import type { GraphClient } from './client.ts';
import { startFakeGraph } from './fixtures/fake-graph.ts';
import type { FakeGraph } from './fixtures/fake-graph.ts';
import { GraphError } from './graph-error.ts';

const token = 'EAAtestTokenThatMustNeverBeSeen0002';
const app = { appId: '600000000000001', appSecret: 'the-secret-of-the-app' };
let graph: FakeGraph;
let client: GraphClient;

beforeAll(async () => {
  graph = await startFakeGraph();
  client = createGraphClient({ apiUrl: graph.url, apiVersion: 'v25.0' });
});
afterAll(async () => {
  await graph.close();
  await client.close();
});

async function failureOf(call: Promise<unknown>): Promise<GraphError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GraphError);
  return error as GraphError;
}

describe('accounts', () => {
  it('reads an account and keeps what it does not know', async () => {
    graph.answer({
      json: {
        id: '8101',
        name: 'Bakery Halbmond',
        currency: 'EUR',
        timezone_id: 42,
        owner_business_info: { id: '8107', name: 'Halbmond' },
        something_new: [1],
      },
    });
    expect(await client.getWaba(token, '8101')).toMatchObject({
      id: '8101',
      name: 'Bakery Halbmond',
      currency: 'EUR',
      timezoneId: '42',
      country: null,
      ownerBusiness: { id: '8107', name: 'Halbmond' },
      raw: { something_new: [1] },
    });
    expect(graph.calls[0]).toMatchObject({ method: 'GET', path: '/v25.0/8101' });
  });

  it('reads a phone number', async () => {
    graph.answer({
      json: {
        id: '7001',
        display_phone_number: '+49 30 555000100',
        verified_name: 'Bakery',
        quality_rating: 'GREEN',
        throughput: { level: 'STANDARD' },
        is_on_biz_app: false,
      },
    });
    expect(await client.getPhoneNumber(token, '7001')).toMatchObject({
      id: '7001',
      displayPhoneNumber: '+49 30 555000100',
      verifiedName: 'Bakery',
      qualityRating: 'GREEN',
      throughputLevel: 'STANDARD',
      isOnBizApp: false,
      status: null,
    });
  });

  it('lists the numbers of all pages by cursor and never opens the address of the next page', async () => {
    const page = (ids: string[], after: string | null): object => ({
      data: ids.map((id) => ({ id })),
      paging: {
        cursors: { after: after ?? 'end' },
        ...(after ? { next: 'https://evil.test/steal?access_token=x' } : {}),
      },
    });
    graph.answer(
      { json: page(['1', '2'], 'c1') },
      { json: page(['2', '3'], 'c2') },
      { json: page(['4'], null) },
    );
    const numbers = await client.listPhoneNumbers(token, '8101');
    expect(numbers.map((number) => number.id)).toEqual(['1', '2', '3', '4']);
    expect(graph.calls.map((call) => call.query.get('after'))).toEqual([null, 'c1', 'c2']);
  });

  it('gives up on pages that run in a circle or are no list', async () => {
    graph.answer({ json: { data: [], paging: { cursors: { after: 'c1' }, next: 'x' } } });
    expect((await failureOf(client.listPhoneNumbers(token, '8101'))).reason).toBe('circular_pages');
    graph.answer({ json: { data: { id: '1' } } });
    expect((await failureOf(client.listPhoneNumbers(token, '8101'))).reason).toBe('no_list');
    graph.answer({ json: { data: [{ name: 'without id' }] } });
    expect((await failureOf(client.listPhoneNumbers(token, '8101'))).kind).toBe('retry_safe');
  });

  it('subscribes the app, with and without an address of its own', async () => {
    graph.answer({ json: { success: true } });
    await client.subscribeApp(token, '8101');
    await client.subscribeApp(token, '8101', { callbackUri: 'https://hook.test/in', verifyToken: 'v-token' });
    await client.unsubscribeApp(token, '8101');
    expect(graph.calls.map((call) => [call.method, call.path, call.body])).toEqual([
      ['POST', '/v25.0/8101/subscribed_apps', '{}'],
      [
        'POST',
        '/v25.0/8101/subscribed_apps',
        '{"override_callback_uri":"https://hook.test/in","verify_token":"v-token"}',
      ],
      ['DELETE', '/v25.0/8101/subscribed_apps', ''],
    ]);
    graph.answer({
      json: {
        data: [
          {
            whatsapp_business_api_data: { id: '6', name: 'App' },
            override_callback_uri: 'https://hook.test/in',
          },
        ],
      },
    });
    expect(await client.listSubscribedApps(token, '8101')).toEqual([
      { id: '6', name: 'App', overrideCallbackUri: 'https://hook.test/in' },
    ]);
  });

  it('has one number’s messages go elsewhere, and sets its PIN; neither secret stands in an error', async () => {
    graph.answer({ json: { success: true } });
    const override = { callbackUri: 'https://hook.test/in', verifyToken: 'v-token' };
    await client.overrideNumberCallback(token, '7001', override);
    await client.setTwoStepPin(token, '7001', '271828');
    expect(graph.calls.map((call) => [call.method, call.path, call.body])).toEqual([
      [
        'POST',
        '/v25.0/7001',
        '{"webhook_configuration":{"override_callback_uri":"https://hook.test/in","verify_token":"v-token"}}',
      ],
      ['POST', '/v25.0/7001', '{"pin":"271828"}'],
    ]);
    graph.answer({ status: 400, json: { error: { message: 'PIN 271828 is refused', code: 100 } } });
    const refused = await failureOf(client.setTwoStepPin(token, '7001', '271828'));
    expect(JSON.stringify(refused)).not.toContain('271828');
  });

  it('asks for the contacts and the chats of the WhatsApp Business app', async () => {
    graph.answer({ json: { messaging_product: 'whatsapp', request_id: 'req-81' } });
    expect(await client.requestAppData(token, '7001', 'smb_app_state_sync')).toBe('req-81');
    await client.requestAppData(token, '7001', 'history');
    expect(graph.calls.map((call) => [call.path, call.body])).toEqual([
      ['/v25.0/7001/smb_app_data', '{"messaging_product":"whatsapp","sync_type":"smb_app_state_sync"}'],
      ['/v25.0/7001/smb_app_data', '{"messaging_product":"whatsapp","sync_type":"history"}'],
    ]);
  });

  it('registers a number and does not call an unknown outcome repeatable', async () => {
    graph.answer({ json: { success: true } });
    await client.registerNumber(token, '7001', { pin: '271828', dataLocalizationRegion: 'CH' });
    await client.deregisterNumber(token, '7001');
    expect(graph.calls.map((call): unknown => [call.path, JSON.parse(call.body)])).toEqual([
      [
        '/v25.0/7001/register',
        { messaging_product: 'whatsapp', pin: '271828', data_localization_region: 'CH' },
      ],
      ['/v25.0/7001/deregister', { messaging_product: 'whatsapp' }],
    ]);
    graph.answer({ json: {} });
    expect((await failureOf(client.registerNumber(token, '7001', { pin: '271828' }))).kind).toBe(
      'temporary_unknown',
    );
  });

  it('reads passing errors of reading calls as safe to repeat, and a dead token as dead', async () => {
    for (const code of [1, 2, 131000]) {
      graph.answer({ status: 500, json: { error: { code } } });
      expect(await failureOf(client.getWaba(token, '8101'))).toMatchObject({
        kind: 'retry_safe',
        code,
        whatToDo: 'Try again in a moment.',
      });
    }
    graph.answer({ status: 502, text: '<html>' });
    expect((await failureOf(client.getWaba(token, '8101'))).retryable).toBe(true);
    graph.answer({ status: 401, json: { error: { code: 190, error_subcode: 463 } } });
    expect(await failureOf(client.getWaba(token, '8101'))).toMatchObject({
      kind: 'token',
      meaning: 'The access token has expired.',
    });
  });
});

describe('tokens', () => {
  it('trades a code with the secret in the body, never in the address', async () => {
    graph.answer({ json: { access_token: 'EAAnew', token_type: 'bearer', expires_in: 5183944 } });
    const traded = await client.exchangeCode(app, { code: 'AQcode', redirectUri: 'https://our.test/back' });
    expect(traded).toEqual({ accessToken: 'EAAnew', tokenType: 'bearer', expiresInSeconds: 5183944 });
    const [call] = graph.calls;
    expect(call).toMatchObject({ method: 'POST', path: '/v25.0/oauth/access_token' });
    expect([...(call?.query.keys() ?? [])]).toEqual([]);
    expect(JSON.parse(call?.body ?? '')).toEqual({
      client_id: app.appId,
      client_secret: app.appSecret,
      code: 'AQcode',
      redirect_uri: 'https://our.test/back',
    });
    await client.exchangeCode(app, { code: 'AQcode' });
    expect(JSON.parse(graph.calls[1]?.body ?? '')).not.toHaveProperty('redirect_uri');
  });

  it('explains a code that was used, and never calls it repeatable', async () => {
    graph.answer({
      status: 400,
      json: { error: { message: 'code AQcode', code: 100, error_subcode: 36009 } },
    });
    const error = await failureOf(client.exchangeCode(app, { code: 'AQcode' }));
    expect(error).toMatchObject({
      kind: 'invalid',
      meaning: 'The sign-in code was already used or has expired.',
    });
    expect(error.details).not.toContain('AQcode');
    graph.answer({ status: 400, json: { error: { message: 'Error validating client secret.', code: 1 } } });
    expect((await failureOf(client.exchangeCode(app, { code: 'AQcode' }))).kind).toBe('invalid');
    graph.answer({ json: { token_type: 'bearer' } });
    expect((await failureOf(client.exchangeCode(app, { code: 'AQcode' }))).kind).toBe('temporary_unknown');
  });

  it('inspects a token with the app’s own, in the header', async () => {
    graph.answer({
      json: {
        data: {
          app_id: app.appId,
          type: 'SYSTEM_USER',
          is_valid: true,
          expires_at: 0,
          data_access_expires_at: 1785000000,
          user_id: '9',
          scopes: ['whatsapp_business_messaging'],
          granular_scopes: [
            { scope: 'whatsapp_business_messaging', target_ids: ['8101', 8102] },
            { scope: 'whatsapp_business_management' },
          ],
        },
      },
    });
    expect(await client.debugToken(app, token)).toEqual({
      isValid: true,
      appId: app.appId,
      type: 'SYSTEM_USER',
      userId: '9',
      expiresAt: null,
      dataAccessExpiresAt: new Date(1785000000_000),
      scopes: ['whatsapp_business_messaging'],
      granularScopes: [
        { scope: 'whatsapp_business_messaging', targetIds: ['8101', '8102'] },
        { scope: 'whatsapp_business_management', targetIds: null },
      ],
      error: null,
    });
    expect(graph.calls[0]?.headers.authorization).toBe(`Bearer ${app.appId}|${app.appSecret}`);
    expect(graph.calls[0]?.query.get('input_token')).toBe(token);
  });

  it('takes an invalid token as an answer', async () => {
    graph.answer({
      json: { data: { error: { code: 190, message: 'x', subcode: 463 }, is_valid: false, scopes: [] } },
    });
    expect(await client.debugToken(app, token)).toMatchObject({
      isValid: false,
      error: { code: 190, subcode: 463 },
    });
  });
});

describe('templates', () => {
  it('lists them', async () => {
    const row = {
      id: '9501',
      name: 'pickup_ready',
      language: 'de',
      status: 'APPROVED',
      category: 'UTILITY',
      parameter_format: 'NAMED',
      components: [{ type: 'BODY', text: 'Hello {{name}}, your bread is ready.' }],
      quality_score: { score: 'GREEN' },
    };
    graph.answer({ json: { data: [row] } });
    expect(await client.listTemplates(token, '8101')).toEqual([
      {
        id: '9501',
        name: 'pickup_ready',
        language: 'de',
        status: 'APPROVED',
        category: 'UTILITY',
        parameterFormat: 'NAMED',
        components: row.components,
        qualityScore: 'GREEN',
        rejectedReason: null,
        raw: row,
      },
    ]);
  });

  it('creates and deletes one', async () => {
    graph.answer({ json: { id: '9502', status: 'PENDING', category: 'MARKETING' } });
    const template = { name: 'offer', language: 'de', category: 'UTILITY', components: [] };
    expect(await client.createTemplate(token, '8101', { ...template, parameterFormat: 'NAMED' })).toEqual({
      id: '9502',
      status: 'PENDING',
      category: 'MARKETING',
    });
    expect(JSON.parse(graph.calls[0]?.body ?? '')).toEqual({ ...template, parameter_format: 'NAMED' });
    graph.answer({ json: { success: true } });
    await client.deleteTemplate(token, '8101', { name: 'offer', templateId: '9502' });
    expect(graph.calls[0]?.query.toString()).toBe('name=offer&hsm_id=9502');
  });
});

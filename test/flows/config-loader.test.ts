/** Whose credentials are used: field by field the organization's own, then what the operator meant for it; and how soon a change counts. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { ConfigLoader } from '../../src/modules/credentials/config-loader.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

const ENVIRONMENT = {
  FB_APP_ID: '500001',
  FB_APP_SECRET: 'app-secret-that-only-tests-know',
  WHATSAPP_PHONE_ID: '600001',
  WHATSAPP_TOKEN: 'canary-operators-token-0001',
  WHATSAPP_WABA_ID: '700001',
  CALLBACK_URL: 'https://operator.example.org/webhooks/whatsapp',
  REDIRECT_URL: 'https://operator.example.org/connect',
};

let switchboard: TestSwitchboard;
let operator: SessionAnswer;
let owner: SessionAnswer;
beforeAll(async () => {
  switchboard = await startTestSwitchboard(ENVIRONMENT);
  operator = await registerOwner(switchboard.url);
});
afterAll(() => switchboard.stop());
beforeEach(async () => {
  owner = await registerOwner(switchboard.url);
});

const load = (who: SessionAnswer) => ConfigLoader.load(switchboard.app, who.organization.id);

async function enter(who: SessionAnswer, body: unknown, method = 'POST', path = ''): Promise<void> {
  const url = `${switchboard.url}/api/v1/tenant/config${path}`;
  const answer = await request(url, { method, token: who.access_token, body });
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
}

const operatorsAlone = { phone_id: '600001', access_token: 'canary-operators-token-0001', waba_id: '700001' };
const meantForAll = {
  app_id: '500001',
  app_secret: 'app-secret-that-only-tests-know',
  verify_token: 'a verify token for tests',
  callback_url: 'https://operator.example.org/webhooks/whatsapp',
  redirect_url: 'https://operator.example.org/connect',
};

test('without a configuration an organization gets what is meant for all, and nothing of the operator’s own number', async () => {
  const loader = await load(owner);
  expect(loader.hasTenantConfig()).toBe(false);
  expect(loader.getAllConfig()).toEqual({
    ...meantForAll,
    phone_id: null,
    access_token: null,
    waba_id: null,
  });
  expect(loader.getSource('app_id')).toBe('environment');
  expect(loader.getSource('access_token')).toBeNull();
});

test('where an admin of the install works, the operator’s own number is used', async () => {
  expect((await load(operator)).getAllConfig()).toEqual({ ...meantForAll, ...operatorsAlone });
});

test('each value comes from the configuration when it has one, from the environment when not', async () => {
  await enter(operator, { phone_number_id: '610001', access_token: 'canary-own-access-token', waba_id: '' });
  const loader = await load(operator);
  expect(loader.hasTenantConfig()).toBe(true);
  expect(loader.getPhoneId()).toBe('610001');
  expect(loader.getAccessToken()).toBe('canary-own-access-token');
  expect(loader.getWabaId()).toBe('700001');
  expect(loader.getRedirectUrl()).toBe(ENVIRONMENT.REDIRECT_URL);
  expect([loader.getSource('phone_id'), loader.getSource('waba_id')]).toEqual(['database', 'environment']);
});

test('the install’s app secret never goes with another app’s id', async () => {
  await enter(owner, { fb_app_id: '510001' });
  expect((await load(owner)).getAppSecret()).toBeNull();
  await enter(owner, { fb_app_secret: 'canary-own-app-secret' }, 'PUT');
  expect((await load(owner)).getAppSecret()).toBe('canary-own-app-secret');
  await enter(owner, { fb_app_id: '500001', fb_app_secret: '' }, 'PUT');
  expect((await load(owner)).getAppSecret()).toBe(ENVIRONMENT.FB_APP_SECRET);
});

test('a configuration that is switched off does not count', async () => {
  await enter(owner, { fb_app_id: '510002', fb_app_secret: 'canary-own-app-secret' });
  await enter(owner, undefined, 'POST', '/deactivate');
  expect((await load(owner)).getAppId()).toBe('500001');
  expect((await load(owner)).hasTenantConfig()).toBe(false);
  await enter(owner, undefined, 'POST', '/activate');
  expect((await load(owner)).getAppId()).toBe('510002');
});

test('a change that another process made counts as soon as it is heard of', async () => {
  await enter(owner, { fb_app_id: '510003' });
  expect((await load(owner)).getAppId()).toBe('510003');
  await queryAsAdmin(
    switchboard.database,
    `UPDATE tenant_configs SET fb_app_id = '510004' WHERE tenant_id = $1`,
    [owner.organization.id],
  );
  await expect.poll(async () => (await load(owner)).getAppId()).toBe('510004');
});

test('nobody’s id gets no more than anybody', async () => {
  const loader = await ConfigLoader.load(switchboard.app, "nobody' OR 1=1");
  expect(loader.hasTenantConfig()).toBe(false);
  expect(loader.getAccessToken()).toBeNull();
});

import { expect, test } from 'vitest';

import { APP_SECRET, errorOf, startScene } from '../test-support/business.ts';
import type { GraphAnswer, Scene } from '../test-support/business.ts';

const APP_ID = '880011223344556';

test.each([
  ['none', null],
  ['an unknown one', 'EAAnobodyKnowsThis'],
])('answers 190 with HTTP 401 to %s', async (_name, token) => {
  await using scene = await startScene();
  const answer = await scene.graph(scene.account.waba_id, { token });
  expect(answer.status).toBe(401);
  expect(errorOf(answer)).toEqual({
    message: expect.any(String),
    type: 'OAuthException',
    code: 190,
    fbtrace_id: expect.any(String),
  });
  expect(answer.headers.get('www-authenticate')).toContain('OAuth "Facebook Platform" "invalid_token"');
});

test('answers 190 with a subcode to revoked and expired tokens', async () => {
  let now = Date.now();
  await using scene = await startScene({ clock: { now: () => new Date(now) } });
  const { control } = scene.simulator;
  const short = control.issueToken({ waba_ids: [scene.account.waba_id], expires_in: 60 }).access_token;
  expect((await scene.graph(scene.account.waba_id, { token: short })).status).toBe(200);
  now += 60_000;
  expect(errorOf(await scene.graph(scene.account.waba_id, { token: short }))).toMatchObject({
    code: 190,
    error_subcode: 463,
  });
  control.revokeTokens({ waba_id: scene.account.waba_id });
  expect(errorOf(await scene.graph(scene.account.waba_id))).toMatchObject({ code: 190, error_subcode: 458 });
});

test('hides what a token may not see behind code 100, subcode 33', async () => {
  await using scene = await startScene();
  const other = scene.simulator.control.declareAccount({ name: 'Lindenhof' });
  for (const id of [other.waba_id, other.phone_number_id, '999999999']) {
    const answer = await scene.graph(id);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' });
    expect(String(errorOf(answer)['message'])).toContain(`Object with ID '${id}' does not exist`);
  }
});

function exchange(scene: Scene, query: Record<string, string>): Promise<GraphAnswer> {
  const all = new URLSearchParams({ client_id: APP_ID, client_secret: APP_SECRET, ...query });
  return scene.graph(`oauth/access_token?${all.toString()}`, { token: null });
}

test('exchanges a code once, within 30 s, for a token that sees the shared account', async () => {
  let now = Date.now();
  await using scene = await startScene({ clock: { now: () => new Date(now) } });
  const { code } = scene.simulator.control.issueCode({ waba_ids: [scene.account.waba_id] });
  const good = await exchange(scene, { code });
  expect(good.json).toEqual({ access_token: expect.stringMatching(/^EAA/), token_type: 'bearer' });
  const token = String(good.json['access_token']);
  expect((await scene.graph(scene.account.waba_id, { token })).status).toBe(200);
  expect(errorOf(await exchange(scene, { code }))).toMatchObject({ code: 100, error_subcode: 36009 });
  const late = scene.simulator.control.issueCode({ waba_ids: [scene.account.waba_id] }).code;
  now += 30_000;
  expect(errorOf(await exchange(scene, { code: late }))['code']).toBe(100);
});

test('demands the redirect_uri of the dialog', async () => {
  await using scene = await startScene();
  const issue = () =>
    scene.simulator.control.issueCode({
      waba_ids: [scene.account.waba_id],
      redirect_uri: 'http://localhost:3000/back',
    }).code;
  expect(errorOf(await exchange(scene, { code: issue() }))).toMatchObject({
    code: 100,
    error_subcode: 36008,
  });
  const good = await exchange(scene, { code: issue(), redirect_uri: 'http://localhost:3000/back' });
  expect(good.status).toBe(200);
});

test('gives long-lived and app tokens, and tells what a token is good for', async () => {
  await using scene = await startScene();
  const long = await exchange(scene, {
    grant_type: 'fb_exchange_token',
    fb_exchange_token: scene.account.access_token,
  });
  expect(long.json['expires_in']).toBe(5_184_000);
  const app = await exchange(scene, { grant_type: 'client_credentials' });
  expect(app.json['access_token']).toBe(`${APP_ID}|${APP_SECRET}`);
  const debug = await scene.graph(
    `debug_token?input_token=${scene.account.access_token}&access_token=${APP_ID}|${APP_SECRET}`,
    { token: null },
  );
  expect(debug.json['data']).toMatchObject({
    app_id: APP_ID,
    is_valid: true,
    granular_scopes: [
      { scope: 'whatsapp_business_management', target_ids: [scene.account.waba_id] },
      { scope: 'whatsapp_business_messaging', target_ids: [scene.account.waba_id] },
    ],
  });
  const bad = await scene.graph('debug_token?input_token=nonsense');
  expect(bad.json['data']).toMatchObject({ is_valid: false, error: { code: 190 } });
});

test('shares an account through the consent page and tells the app', async () => {
  await using scene = await startScene();
  const back = 'http://localhost:3000/back';
  const form = new URLSearchParams({
    client_id: APP_ID,
    redirect_uri: back,
    state: 's1',
    waba_id: scene.account.waba_id,
    decision: 'allow',
  });
  const url = `${scene.simulator.url}/dialog/oauth`;
  const page = await fetch(
    `${url}?client_id=${APP_ID}&redirect_uri=${encodeURIComponent(back)}&state=%22%3E%3Cscript%3E`,
  );
  expect(await page.text()).not.toContain('"><script>');
  const allowed = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  const target = new URL(allowed.headers.get('location') ?? '');
  expect(target.searchParams.get('state')).toBe('s1');
  const code = target.searchParams.get('code') ?? '';
  expect((await exchange(scene, { code, redirect_uri: back })).status).toBe(200);
  await scene.simulator.idle();
  expect(scene.business.deliveries[0]?.json.entry[0]?.changes[0]).toMatchObject({
    field: 'account_update',
    value: { event: 'PARTNER_ADDED', waba_info: { waba_id: scene.account.waba_id } },
  });
  form.set('decision', 'deny');
  const denied = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  expect(denied.headers.get('location')).toContain('error=access_denied');
  const elsewhere = await fetch(`${url}?client_id=${APP_ID}&redirect_uri=https://evil.example/`);
  expect(elsewhere.status).toBe(400);
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { startSimulator } from '../start-simulator.ts';
import type { RunningSimulator } from '../start-simulator.ts';
import { APP_SECRET, MARA, QUICK, startBusiness } from '../test-support/business.ts';
import type { Business } from '../test-support/business.ts';

let folder: string;
let business: Business;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  business = await startBusiness();
});

afterEach(async () => {
  await business.close();
  await rm(folder, { recursive: true });
});

const start = (timing: object = {}): Promise<RunningSimulator> =>
  startSimulator({
    appId: '1',
    appSecret: APP_SECRET,
    verifyToken: 'v',
    webhookUrl: business.url,
    stateFile: join(folder, 'deep', 'simulator.json'),
    timing: { ...QUICK, ...timing },
  });

test('tries unanswered webhooks again after a restart, with the same bytes', async () => {
  const before = await start({ retry: [3_600_000] });
  business.answers.push(503);
  const account = before.control.declareAccount({ name: 'Harbour Bikes' });
  const tried = new Promise<void>((resolve) => {
    before.control.watch((event) => event.type === 'delivery' && resolve());
  });
  before.control.inbound({ phone_number_id: account.phone_number_id, from: MARA, text: 'remember me' });
  await tried;
  await before.close();
  const after = await start();
  await after.idle();
  await after.close();
  expect(business.deliveries).toHaveLength(2);
  expect(business.deliveries[1]?.body.equals(business.deliveries[0]?.body ?? Buffer.of())).toBe(true);
});

test('sends what was never tried', async () => {
  const before = await start();
  before.control.setFaults({ webhooks: { hold: true } });
  const account = before.control.declareAccount({});
  before.control.inbound({ phone_number_id: account.phone_number_id, from: MARA, text: 'waiting' });
  await before.close();
  expect(business.deliveries).toHaveLength(0);
  const after = await start();
  await after.idle();
  await after.close();
  expect(business.values()[0]?.messages?.[0]?.['text']).toEqual({ body: 'waiting' });
});

test('keeps chats, accounts, tokens and media', async () => {
  const before = await start();
  const account = before.control.declareAccount({ name: 'Harbour Bikes' });
  const { phone_number_id: phone } = account;
  const media = await before.control.storeMedia({
    phoneNumberId: phone,
    mimeType: 'image/png',
    bytes: Buffer.from('png'),
    filename: null,
  });
  before.control.inbound({ phone_number_id: phone, from: MARA, type: 'image', media_id: media.id });
  await before.close();
  const after = await start();
  expect(after.control.accounts()[0]).toMatchObject({
    waba_id: account.waba_id,
    access_token: account.access_token,
  });
  expect(after.control.chat(phone, '4915155501234')[0]).toMatchObject({ type: 'image' });
  expect(await (await fetch(`${after.url}/control/media/${media.id}`)).text()).toBe('png');
  await after.close();
});

test('goes on with the statuses of what was accepted', async () => {
  const before = await start({ sent: 300 });
  const account = before.control.declareAccount({});
  before.control.inbound({ phone_number_id: account.phone_number_id, from: MARA, text: 'hi' });
  const send = await fetch(`${before.graphUrl}/${account.phone_number_id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${account.access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messaging_product: 'whatsapp', to: MARA, type: 'text', text: { body: 'Nice!' } }),
  });
  expect(send.status).toBe(200);
  await before.close();
  const after = await start();
  await after.idle();
  await after.close();
  const statuses = business.values().flatMap((value) => value.statuses ?? []);
  expect(statuses.map((one) => one.status)).toEqual(['sent', 'delivered', 'read']);
});

test('starts empty on a damaged file rather than not at all', async () => {
  const first = await start();
  await first.close();
  const file = join(folder, 'deep', 'simulator.json');
  await writeFile(file, '{"version":');
  const second = await start();
  expect(second.control.accounts()).toEqual([]);
  second.control.declareAccount({ waba_id: '77' });
  await second.close();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ accounts: { 77: { waba_id: '77' } } });
});

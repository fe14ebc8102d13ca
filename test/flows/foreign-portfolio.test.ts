/** What an organization's own Meta app says of who owns an account lets nobody read what Meta says of another's portfolio. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { registerOwner, request } from '../harness/api.ts';
import { deliver, signatureOf } from '../harness/deliveries.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

type Firm = { owner: SessionAnswer; id: string; number: ConnectedNumber };
let switchboard: TestSwitchboard;
let nosy: Firm;
let victim: Firm;
const SECRET = 'canary-app-secret-of-nosy-0123456789';

async function makeFirm(): Promise<Firm> {
  const owner = await registerOwner(switchboard.url);
  const number = await connectNumber(switchboard, owner.access_token);
  return { owner, id: owner.organization.id, number };
}

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  [nosy, victim] = [await makeFirm(), await makeFirm()];
  const { status } = await request(`${switchboard.url}/api/v1/tenant/config`, {
    token: nosy.owner.access_token,
    body: { fb_app_secret: SECRET, verify_token: 'canary-verify-token-of-nosy-0123456789' },
  });
  expect(status).toBeLessThan(300);
});
afterAll(() => switchboard.stop());

const notice = (entryId: string, field: string, value: Record<string, unknown>) =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: entryId, time: 1_790_000_000, changes: [{ field, value }] }],
  });
const ownerOf = (wabaId: string, businessId: string) =>
  notice(wabaId, 'account_update', {
    event: 'PARTNER_ADDED',
    waba_info: { waba_id: wabaId, owner_business_id: businessId },
  });
const solution = (businessId: string, id: string) =>
  notice(businessId, 'partner_solutions', {
    event: 'SOLUTION_CREATED',
    solution_id: id,
    solution_status: 'INITIATED',
  });

async function eventsOf({ owner }: Firm): Promise<string> {
  const answer = await request(`${switchboard.url}/api/v1/health/events?limit=200`, {
    token: owner.access_token,
  });
  expect(answer.status).toBe(200);
  return JSON.stringify(answer.body);
}

test('an app that names a portfolio as the owner of its account is not told of that portfolio', async () => {
  const claim = ownerOf(nosy.number.wabaId, victim.number.businessId);
  const sent = await deliver(switchboard.url, claim, {
    tenantId: nosy.id,
    signature: signatureOf(claim, SECRET),
  });
  expect(sent.status).toBe(200);
  await switchboard.settle();
  expect((await deliver(switchboard.url, solution(victim.number.businessId, '551'))).status).toBe(200);
  await switchboard.settle();
  expect(await eventsOf(victim)).toContain('SOLUTION_CREATED');
  const seen = await eventsOf(nosy);
  expect(seen).toContain('PARTNER_ADDED');
  expect(seen).not.toContain('SOLUTION_CREATED');
});

test('the install’s app, by which Meta itself speaks, still says who owns an account', async () => {
  expect((await deliver(switchboard.url, ownerOf(nosy.number.wabaId, '770000000000099'))).status).toBe(200);
  await switchboard.settle();
  expect((await deliver(switchboard.url, solution('770000000000099', '552'))).status).toBe(200);
  await switchboard.settle();
  expect(await eventsOf(nosy)).toContain('SOLUTION_CREATED');
});

/** Meta's account_update: it brings grants up to date and never makes one. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { WabaStatus } from '../../src/modules/waba/contract.ts';
import { registerOwner, request } from '../harness/api.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let number: ConnectedNumber;

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  owner = await registerOwner(switchboard.url);
  number = await connectNumber(switchboard, owner.access_token);
});
afterAll(() => switchboard.stop());

function announce(wabaId: string, ownerBusinessId: string): Promise<void> {
  switchboard.simulator.control.accountEvent({
    waba_id: number.wabaId,
    field: 'account_update',
    value: {
      event: 'PARTNER_ADDED',
      waba_info: { waba_id: wabaId, owner_business_id: ownerBusinessId },
    },
  });
  return switchboard.settle();
}

async function countGrants(): Promise<number> {
  const client = new pg.Client({ connectionString: switchboard.database.adminUrl });
  await client.connect();
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM waba_accounts');
  await client.end();
  return Number(rows[0]?.count);
}

test('the owner of a connected account is written into its grants, whose token stays', async () => {
  await announce(number.wabaId, '770000000000042');

  const status = await request<WabaStatus>(`${switchboard.url}/api/waba/status`, {
    token: owner.access_token,
  });
  expect(status.body.accounts).toMatchObject([
    { waba_id: number.wabaId, owner_business_id: '770000000000042', connected: true },
  ]);
  expect(await countGrants()).toBe(1);
});

test('an account that nobody connected gets no grant', async () => {
  await announce('880000000000001', '770000000000043');
  expect(await countGrants()).toBe(1);
});

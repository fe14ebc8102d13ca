/** Meta's account_update: it brings grants up to date and never makes one. */
import { expect, test } from 'vitest';
import type { WabaStatus } from '../../src/modules/waba/contract.ts';
import { countRows } from '../harness/admin-query.ts';
import { request } from '../harness/api.ts';
import { number, owner, switchboard } from '../harness/with-number.ts';

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

const countGrants = () => countRows(switchboard.database, 'waba_accounts');

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

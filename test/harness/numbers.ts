/** A simulated WhatsApp account with one number, connected by an owner over HTTP as the browser does it. */
import { randomInt } from 'node:crypto';
import type { WabaAccount } from '../../src/modules/waba/contract.ts';
import { request } from './api.ts';
import type { TestSwitchboard } from './switchboard.ts';

export type ConnectedNumber = { wabaId: string; businessId: string; phoneNumberId: string; token: string };

/** Connects a fresh account for the owner of the access token; in the business portfolio that is named, or one of its own. */
export async function connectNumber(
  switchboard: TestSwitchboard,
  accessToken: string,
  portfolio: { businessId?: string } = {},
): Promise<ConnectedNumber> {
  const declared = switchboard.simulator.control.declareAccount({
    name: 'Test account',
    ...(portfolio.businessId ? { business_id: portfolio.businessId } : {}),
    display_phone_number: `1555${String(randomInt(1_000_000, 9_999_999))}`,
  });
  const answer = await request<WabaAccount>(`${switchboard.url}/api/waba/connect`, {
    token: accessToken,
    body: { access_token: declared.access_token, waba_id: declared.waba_id },
  });
  if (answer.status !== 200)
    throw new Error(`Connecting answered ${String(answer.status)}: ${JSON.stringify(answer.body)}`);
  return {
    wabaId: declared.waba_id,
    businessId: declared.business_id,
    phoneNumberId: declared.phone_number_id,
    token: declared.access_token,
  };
}

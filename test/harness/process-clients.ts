/** What tests ask of a server in a process of its own: everything over HTTP, as programs outside do. */
import { randomInt } from 'node:crypto';
import { OWNER_PASSWORD, registerOwner, request } from './api.ts';
import { signIn } from './people.ts';

export type ConnectedOwner = { token: string; email: string; wabaId: string; phoneNumberId: string };

/** Registers an organization and connects a simulated account with one number to it. */
export async function connectOwner(url: string): Promise<ConnectedOwner> {
  const owner = await registerOwner(url);
  const account = await request<{ waba_id: string; phone_number_id: string; access_token: string }>(
    `${url}/simulator/control/accounts`,
    {
      body: { name: 'Test account', display_phone_number: `1555${String(randomInt(1_000_000, 9_999_999))}` },
    },
  );
  const { waba_id, phone_number_id, access_token } = account.body;
  const connected = await request(`${url}/api/waba/connect`, {
    token: owner.access_token,
    body: { waba_id, access_token },
  });
  if (connected.status !== 200)
    throw new Error(`Connecting answered ${String(connected.status)}: ${JSON.stringify(connected.body)}`);
  return {
    token: owner.access_token,
    email: owner.user.email,
    wabaId: waba_id,
    phoneNumberId: phone_number_id,
  };
}

/** For tests that last longer than the quarter of an hour of a token: a new one. */
export async function renewToken(url: string, owner: ConnectedOwner): Promise<void> {
  owner.token = (await signIn(url, owner.email, OWNER_PASSWORD)).access_token;
}

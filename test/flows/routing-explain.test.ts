/** Why a message is where it is, what would happen to one, and that each number's own order of rules is kept. */
import { describe, expect, test } from 'vitest';
import type { Explanation, Route } from '../../src/modules/routing/contract.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone, newUserId } from '../harness/deliveries.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

const explain = (body: object, token = desk.owner.access_token) =>
  request<Explanation>(`${switchboard.url}/api/v1/routing/explain`, { token, body });
const setRouting = (phoneNumberId: string, routing: string[] | null) =>
  request(`${switchboard.url}/api/v1/phone-numbers/${phoneNumberId}`, {
    method: 'PATCH',
    token: desk.owner.access_token,
    body: { routing },
  });

async function lastMessageOf(token: string, phone: string): Promise<number> {
  const { last_message } = await inboxOf(switchboard.url, token).with(phone);
  return last_message?.id ?? 0;
}
const routeOf = (id: number | string, token: string) =>
  request<Route>(`${switchboard.url}/api/v1/messages/${String(id)}/route`, { token });

describe('the route of a message', () => {
  test('names the rule, the reason, the candidates and what the rules before it said', async () => {
    const phone = newPhone();
    await desk.write(desk.dedicated, { phone });
    const id = await lastMessageOf(desk.owner.access_token, phone);
    const { status, body } = await routeOf(id, desk.owner.access_token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      rule: 'number',
      reason: 'One person answers on this number.',
      user_id: desk.owner.user.id,
      candidates: [{ user_id: desk.owner.user.id, name: desk.owner.user.name }],
      decided_at: expect.any(String),
      considered: [
        { rule: 'conversation', decided: false },
        { rule: 'number', decided: true },
      ],
    });
  });

  test('is for whoever has the message, and owners: others get 404', async () => {
    const phone = newPhone();
    const [mine, other] = [await hire(switchboard, desk.owner), await hire(switchboard, desk.owner)];
    await desk.answersOn(desk.owner, null);
    await desk.answersOn(mine, desk.dedicated);
    await desk.write(desk.dedicated, { phone });
    const id = await lastMessageOf(mine.access_token, phone);
    const stranger = await registerOwner(switchboard.url);
    expect((await routeOf(id, mine.access_token)).status).toBe(200);
    expect((await routeOf(id, desk.owner.access_token)).status).toBe(200);
    expect((await routeOf(id, other.access_token)).status).toBe(404);
    expect((await routeOf(id, stranger.access_token)).status).toBe(404);
    expect((await routeOf('no-number', mine.access_token)).status).toBe(404);
  });
});

describe('a number’s own rules', () => {
  test('are asked in their order, and those that are left out are not', async () => {
    const phone = newPhone();
    const colleague = await hire(switchboard, desk.owner);
    await desk.answersOn(desk.owner, null);
    await desk.answersOn(colleague, desk.dedicated);
    await setRouting(desk.dedicated, ['recently_active', 'number']);
    expect(await desk.write(desk.dedicated, { phone })).toMatchObject({
      rule: 'recently_active',
      user_id: desk.owner.user.id,
    });
    await setRouting(desk.dedicated, ['customer']);
    expect(await desk.write(desk.dedicated, { phone: newPhone() })).toMatchObject({
      rule: 'triage',
      reason: 'unknown_sender',
    });
    await setRouting(desk.dedicated, null);
    expect(await desk.write(desk.dedicated, { phone: newPhone() })).toMatchObject({ rule: 'number' });
  });

  test('a lease counts on a dedicated number where it is asked', async () => {
    const phone = newPhone();
    const landlord = await hire(switchboard, desk.owner, 'Lou Landlord');
    await letTo(switchboard, landlord, phone);
    await takePart(switchboard, landlord);
    await setRouting(desk.dedicated, ['conversation', 'lease', 'number']);
    expect(await desk.write(desk.dedicated, { phone })).toMatchObject({
      rule: 'lease',
      user_id: landlord.user.id,
    });
  });
});

describe('what would happen', () => {
  test('is what then happens, and asking stores nothing', async () => {
    const phone = newPhone();
    const asked = await explain({ phone_number_id: desk.dedicated, from: phone });
    expect(asked).toMatchObject({
      status: 200,
      body: { rule: 'number', user_id: desk.owner.user.id, mode: 'dedicated', is_known: false },
    });
    expect(asked.body.considered.map(({ rule }) => rule)).toEqual([
      'conversation',
      'number',
      'customer',
      'recently_active',
      'first_registered',
    ]);
    const [stored] = await queryAsAdmin<{ n: number }>(
      switchboard.database,
      'SELECT count(*)::int AS n FROM contacts WHERE organization_id = $1',
      [desk.owner.organization.id],
    );
    expect(stored?.n).toBe(0);
    expect(await desk.write(desk.dedicated, { phone })).toMatchObject({ rule: asked.body.rule });
    expect(
      (await explain({ phone_number_id: desk.dedicated, from: { phone: `+${phone}` } })).body,
    ).toMatchObject({
      rule: 'conversation',
      is_known: true,
    });
  });

  test('finds a renter by user id or username once they were seen with their phone', async () => {
    const central = await desk.addCentralNumber();
    const landlord = await hire(switchboard, desk.owner, 'Lou Landlord');
    const [phone, userId] = [newPhone(), newUserId()];
    await letTo(switchboard, landlord, phone);
    await desk.write(central, { phone, userId });
    await takePart(switchboard, landlord);
    expect((await explain({ phone_number_id: central, from: userId })).body).toMatchObject({
      rule: 'lease',
      user_id: landlord.user.id,
    });
    expect(
      (await explain({ phone_number_id: central, from: { username: 'nobody-has-this' } })).body,
    ).toMatchObject({
      is_known: false,
    });
  });

  test('can be asked with another mode and another order of rules', async () => {
    const body = { phone_number_id: desk.dedicated, from: newPhone() };
    expect((await explain({ ...body, mode: 'central' })).body).toMatchObject({
      mode: 'central',
      rule: 'recently_active',
    });
    expect((await explain({ ...body, routing: ['customer'] })).body).toMatchObject({
      rule: 'triage',
      reason: 'unknown_sender',
      considered: [{ rule: 'customer', decided: false, why: 'Nobody has the sender as a customer.' }],
    });
  });

  test('in another mode is what happens once the number has it, with an order of its own as well', async () => {
    await setRouting(desk.dedicated, ['number', 'recently_active']);
    const from = newPhone();
    const asked = await explain({ phone_number_id: desk.dedicated, from, mode: 'central' });
    expect(asked.body).toMatchObject({
      mode: 'central',
      routing: ['number', 'recently_active'],
      rule: 'number',
    });
    await request(`${switchboard.url}/api/v1/phone-numbers/${desk.dedicated}`, {
      method: 'PATCH',
      token: desk.owner.access_token,
      body: { mode: 'central' },
    });
    expect((await explain({ phone_number_id: desk.dedicated, from })).body).toEqual(asked.body);
    expect(await desk.write(desk.dedicated, { phone: from })).toMatchObject({ rule: asked.body.rule });
  });

  test('is for owners, of their own numbers, and says what is wrong with a question', async () => {
    const agent = await hire(switchboard, desk.owner);
    const stranger = await registerOwner(switchboard.url);
    const body = { phone_number_id: desk.dedicated, from: newPhone() };
    expect((await explain(body, agent.access_token)).status).toBe(403);
    expect((await explain(body, stranger.access_token)).status).toBe(404);
    expect((await explain({ ...body, from: {} })).status).toBe(400);
    expect((await explain({ ...body, routing: ['fate'] })).status).toBe(400);
  });
});

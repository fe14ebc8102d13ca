/** Who gets a message on a dedicated number: rule by rule over HTTP, the decision kept beside it, and nothing ever dropped. */
import { describe, expect, test } from 'vitest';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { hire } from '../harness/people.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

describe('on a dedicated number', () => {
  test('a message goes to the user of the number, and the decision says so', async () => {
    expect(await desk.write(desk.dedicated, { phone: newPhone() }, 'For the owner')).toMatchObject({
      rule: 'number',
      reason: 'One person answers on this number.',
      candidates: [{ userId: desk.owner.user.id, name: 'Robin Vale' }],
      user_id: desk.owner.user.id,
    });
    expect(await desk.textsOf(desk.owner)).toEqual(['For the owner']);
  });

  test('whoever connects a number first answers on it, however many colleagues connect it too', async () => {
    const [first, second, third] = [
      await hire(switchboard, desk.owner),
      await hire(switchboard, desk.owner),
      await hire(switchboard, desk.owner),
    ];
    const { wabaId, token, phoneNumberId } = await connectNumber(switchboard, first.access_token);
    for (const colleague of [second, third, desk.owner]) {
      const { status } = await request(`${switchboard.url}/api/waba/connect`, {
        token: colleague.access_token,
        body: { access_token: token, waba_id: wabaId },
      });
      expect(status).toBe(200);
    }
    expect(await desk.write(phoneNumberId, { phone: newPhone() })).toMatchObject({
      rule: 'number',
      user_id: first.user.id,
    });
  });

  test('a running conversation comes before whoever the number belongs to now', async () => {
    const phone = newPhone();
    await desk.write(desk.dedicated, { phone });
    const colleague = await hire(switchboard, desk.owner);
    await desk.answersOn(desk.owner, null);
    await desk.answersOn(colleague, desk.dedicated);
    expect(await desk.write(desk.dedicated, { phone }, 'Again')).toMatchObject({
      rule: 'conversation',
      user_id: desk.owner.user.id,
    });
    expect(await desk.write(desk.dedicated, { phone: newPhone() }, 'New here')).toMatchObject({
      rule: 'number',
      user_id: colleague.user.id,
    });
    expect(await desk.textsOf(colleague)).toEqual(['New here']);
  });

  test('an archived conversation keeps its owner and comes back; a blocked one keeps them too, and nobody is called', async () => {
    const phone = newPhone();
    await desk.write(desk.dedicated, { phone });
    const inbox = inboxOf(switchboard.url, desk.owner.access_token);
    const { id } = await inbox.with(phone);
    await inbox.patch(id, { status: 'archived' });
    expect(await desk.write(desk.dedicated, { phone })).toMatchObject({ rule: 'conversation' });
    expect(await inbox.with(phone)).toMatchObject({ status: 'active' });
    await inbox.patch(id, { status: 'blocked' });
    const { unread_count: unread } = await inbox.with(phone);
    await desk.answersOn(await hire(switchboard, desk.owner), desk.dedicated);
    expect(await desk.write(desk.dedicated, { phone })).toMatchObject({
      rule: 'conversation',
      user_id: desk.owner.user.id,
    });
    expect(await inbox.with(phone)).toMatchObject({ status: 'blocked', unread_count: unread });
  });

  test('whose customer the sender is decides when nobody answers on the number', async () => {
    const phone = newPhone();
    const colleague = await hire(switchboard, desk.owner);
    const other = await desk.addNumber();
    await desk.answersOn(colleague, other);
    await desk.write(other, { phone });
    await desk.answersOn(desk.owner, null);
    expect(await desk.write(desk.dedicated, { phone })).toMatchObject({
      rule: 'customer',
      user_id: colleague.user.id,
    });
  });

  test('the most recently active of those who may use the account comes next', async () => {
    await desk.answersOn(desk.owner, null);
    expect(await desk.write(desk.dedicated, { phone: newPhone() })).toMatchObject({
      rule: 'recently_active',
      user_id: desk.owner.user.id,
    });
  });

  test('with two people on the number nobody guesses: the next rule decides', async () => {
    await desk.answersOn(await hire(switchboard, desk.owner), desk.dedicated);
    expect(await desk.write(desk.dedicated, { phone: newPhone() })).toMatchObject({
      rule: 'recently_active',
    });
  });

  test('the first registered user gets it only where the organization has chosen that', async () => {
    await desk.answersOn(desk.owner, null);
    await queryAsAdmin(
      switchboard.database,
      'UPDATE waba_accounts SET connected = false WHERE user_id = $1',
      [desk.owner.user.id],
    );
    expect(await desk.write(desk.dedicated, { phone: newPhone() })).toMatchObject({
      rule: 'triage',
      reason: 'number_not_configured',
    });
    await queryAsAdmin(
      switchboard.database,
      'UPDATE organizations SET single_user_mode = true WHERE id = $1',
      [desk.owner.organization.id],
    );
    expect(await desk.write(desk.dedicated, { phone: newPhone() })).toMatchObject({
      rule: 'first_registered',
      user_id: desk.owner.user.id,
    });
  });

  test('a message for nobody waits with its decision, and is not lost', async () => {
    await desk.disable(desk.owner);
    const phone = newPhone();
    expect(await desk.write(desk.dedicated, { phone }, 'Anybody?')).toMatchObject({
      rule: 'triage',
      reason: 'number_not_configured',
      candidates: [],
      user_id: null,
      message: 'Anybody?',
      home: '0',
    });
    expect(await countRows(switchboard.database, 'waiting_room_customers', `phone = '${phone}'`)).toBe(1);
  });
});

test('two customers and two agents: each agent sees the own one, the owner both, another organization none', async () => {
  const colleague = await hire(switchboard, desk.owner);
  const second = await desk.addNumber();
  await desk.answersOn(colleague, second);
  await desk.write(desk.dedicated, { phone: newPhone() }, 'To the first');
  await desk.write(second, { phone: newPhone() }, 'To the second');
  const stranger = await registerOwner(switchboard.url);
  expect(await desk.textsOf(colleague)).toEqual(['To the second']);
  expect((await desk.textsOf(desk.owner)).toSorted()).toEqual(['To the first', 'To the second']);
  expect(await desk.textsOf(stranger)).toEqual([]);
  const { id } = await inboxOf(switchboard.url, desk.owner.access_token)
    .conversations()
    .then((all) => all.find((one) => one.phone_number_id === desk.dedicated) ?? { id: '' });
  for (const session of [colleague, stranger])
    expect(
      (await request(`${switchboard.url}/api/v1/conversations/${id}`, { token: session.access_token }))
        .status,
    ).toBe(404);
});

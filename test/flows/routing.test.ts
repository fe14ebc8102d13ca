/** Who gets an inbound message: rule by rule over HTTP, with the decision kept beside the message, and nothing ever dropped. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import {
  deliver,
  envelope,
  newPhone,
  newUserId,
  newWamid,
  textChange,
  type Sender,
} from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
beforeAll(async () => {
  switchboard = await startTestSwitchboard();
});
afterAll(() => switchboard.stop());

let owner: SessionAnswer;
let dedicated: string;
let businessId: string;
beforeEach(async () => {
  owner = await registerOwner(switchboard.url);
  ({ phoneNumberId: dedicated, businessId } = await connectNumber(switchboard, owner.access_token));
});

/** Another number of the same business. */
const addNumber = async () =>
  (await connectNumber(switchboard, owner.access_token, { businessId })).phoneNumberId;

async function addCentralNumber(): Promise<string> {
  const phoneNumberId = await addNumber();
  const answer = await request(`${switchboard.url}/api/v1/phone-numbers/${phoneNumberId}`, {
    method: 'PATCH',
    token: owner.access_token,
    body: { mode: 'central' },
  });
  expect(answer.status).toBe(200);
  return phoneNumberId;
}

type Decision = {
  rule: string;
  reason: string;
  candidates: { userId: string; name: string }[];
  user_id: string | null;
  message: string;
  home: string;
};

/** Writes, waits, and tells what was decided. */
async function write(phoneNumberId: string, from: Sender, text = 'Hello?'): Promise<Decision> {
  const id = newWamid();
  await deliver(switchboard.url, envelope([textChange(phoneNumberId, { from, text, id })]));
  await switchboard.settle();
  const [decision] = await queryAsAdmin<Decision>(
    switchboard.database,
    `SELECT d.rule, d.reason, d.candidates, d.user_id, m.message, m.home FROM route_decisions d
     JOIN messages m ON m.id = d.message_id WHERE d.wamid = $1`,
    [id],
  );
  if (!decision) throw new Error('Nothing was decided.');
  return decision;
}

const textsOf = (session: SessionAnswer) => inboxOf(switchboard.url, session.access_token).texts();

const answersOn = (session: SessionAnswer, phoneNumberId: string | null) =>
  queryAsAdmin(
    switchboard.database,
    phoneNumberId === null
      ? 'UPDATE whatsapp_configuration SET is_active = false WHERE user_id = $1'
      : `INSERT INTO whatsapp_configuration (organization_id, user_id, whatsapp_number, webhook_url, phone_number_id)
         SELECT organization_id, id, '15550001122', 'https://example.test/webhooks/whatsapp', $2 FROM users WHERE id = $1
         ON CONFLICT (user_id) DO UPDATE SET phone_number_id = excluded.phone_number_id, is_active = true`,
    phoneNumberId === null ? [session.user.id] : [session.user.id, phoneNumberId],
  );

const disable = (session: SessionAnswer) =>
  queryAsAdmin(switchboard.database, 'UPDATE users SET disabled_at = now() WHERE id = $1', [session.user.id]);

describe('on a dedicated number', () => {
  test('a message goes to the user of the number, and the decision says so', async () => {
    expect(await write(dedicated, { phone: newPhone() }, 'For the owner')).toMatchObject({
      rule: 'number',
      reason: 'One person answers on this number.',
      candidates: [{ userId: owner.user.id, name: 'Robin Vale' }],
      user_id: owner.user.id,
    });
    expect(await textsOf(owner)).toEqual(['For the owner']);
  });

  test('a running conversation comes before whoever the number belongs to now', async () => {
    const phone = newPhone();
    await write(dedicated, { phone });
    const colleague = await hire(switchboard, owner);
    await answersOn(owner, null);
    await answersOn(colleague, dedicated);
    expect(await write(dedicated, { phone }, 'Again')).toMatchObject({
      rule: 'conversation',
      user_id: owner.user.id,
    });
    expect(await write(dedicated, { phone: newPhone() }, 'New here')).toMatchObject({
      rule: 'number',
      user_id: colleague.user.id,
    });
    expect(await textsOf(colleague)).toEqual(['New here']);
  });

  test('an archived conversation keeps its owner and comes back; a blocked one does not decide', async () => {
    const phone = newPhone();
    await write(dedicated, { phone });
    const inbox = inboxOf(switchboard.url, owner.access_token);
    const { id } = await inbox.with(phone);
    await inbox.patch(id, { status: 'archived' });
    expect(await write(dedicated, { phone })).toMatchObject({ rule: 'conversation' });
    expect(await inbox.with(phone)).toMatchObject({ status: 'active' });
    await inbox.patch(id, { status: 'blocked' });
    expect(await write(dedicated, { phone })).toMatchObject({ rule: 'number' });
    expect(await inbox.with(phone)).toMatchObject({ status: 'blocked' });
  });

  test('whose customer the sender is decides when nobody answers on the number', async () => {
    const phone = newPhone();
    const colleague = await hire(switchboard, owner);
    const other = await addNumber();
    await answersOn(colleague, other);
    await write(other, { phone });
    await answersOn(owner, null);
    expect(await write(dedicated, { phone })).toMatchObject({ rule: 'customer', user_id: colleague.user.id });
  });

  test('the most recently active of those who may use the account comes next', async () => {
    await answersOn(owner, null);
    expect(await write(dedicated, { phone: newPhone() })).toMatchObject({
      rule: 'recently_active',
      user_id: owner.user.id,
    });
  });

  test('with two people on the number nobody guesses: the next rule decides', async () => {
    await answersOn(await hire(switchboard, owner), dedicated);
    expect(await write(dedicated, { phone: newPhone() })).toMatchObject({ rule: 'recently_active' });
  });

  test('the first registered user gets it only where the organization has chosen that', async () => {
    await answersOn(owner, null);
    await queryAsAdmin(
      switchboard.database,
      'UPDATE waba_accounts SET connected = false WHERE user_id = $1',
      [owner.user.id],
    );
    expect(await write(dedicated, { phone: newPhone() })).toMatchObject({
      rule: 'triage',
      reason: 'number_not_configured',
    });
    await queryAsAdmin(
      switchboard.database,
      'UPDATE organizations SET single_user_mode = true WHERE id = $1',
      [owner.organization.id],
    );
    expect(await write(dedicated, { phone: newPhone() })).toMatchObject({
      rule: 'first_registered',
      user_id: owner.user.id,
    });
  });

  test('a message for nobody waits with its decision, and is not lost', async () => {
    await disable(owner);
    const phone = newPhone();
    expect(await write(dedicated, { phone }, 'Anybody?')).toMatchObject({
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

describe('on a central number', () => {
  let central: string;
  let landlords: SessionAnswer[];
  beforeEach(async () => {
    central = await addCentralNumber();
    landlords = [await hire(switchboard, owner, 'Lou First'), await hire(switchboard, owner, 'Sam Second')];
  });
  const landlord = (index: number): SessionAnswer => {
    const one = landlords[index];
    if (!one) throw new Error('There are two landlords.');
    return one;
  };

  test('a renter’s message goes to the landlord of the lease, and to nobody else’s inbox', async () => {
    const phone = newPhone();
    await letTo(switchboard, landlord(0), `+${phone}`);
    await takePart(switchboard, landlord(0));
    expect(await write(central, { phone }, 'The tap drips')).toMatchObject({
      rule: 'lease',
      user_id: landlord(0).user.id,
      candidates: [{ userId: landlord(0).user.id, name: 'Lou First' }],
    });
    expect(await textsOf(landlord(0))).toEqual(['The tap drips']);
    expect(await textsOf(landlord(1))).toEqual([]);
  });

  test('a landlord who has not opted in gets nothing: the renter waits', async () => {
    const phone = newPhone();
    await letTo(switchboard, landlord(0), phone);
    expect(await write(central, { phone })).toMatchObject({
      rule: 'triage',
      reason: 'landlord_not_opted_in',
      home: '0',
    });
    expect(await textsOf(landlord(0))).toEqual([]);
  });

  test('a renter of two landlords waits until somebody knows who is meant', async () => {
    const phone = newPhone();
    for (const one of landlords) {
      await letTo(switchboard, one, phone);
      await takePart(switchboard, one);
    }
    const decision = await write(central, { phone });
    expect(decision).toMatchObject({ rule: 'triage', reason: 'several_landlords', user_id: null });
    expect(decision.candidates.map(({ name }) => name)).toEqual(['Lou First', 'Sam Second']);
  });

  test('of two landlords the one who takes part gets the message', async () => {
    const phone = newPhone();
    for (const one of landlords) await letTo(switchboard, one, phone);
    await takePart(switchboard, landlord(1));
    expect(await write(central, { phone })).toMatchObject({ rule: 'lease', user_id: landlord(1).user.id });
  });

  test('an ended lease routes nobody', async () => {
    const phone = newPhone();
    await letTo(switchboard, landlord(0), phone);
    await takePart(switchboard, landlord(0));
    await queryAsAdmin(
      switchboard.database,
      `UPDATE rental.leases SET status = 'ended' WHERE organization_id = $1`,
      [owner.organization.id],
    );
    expect((await write(central, { phone })).rule).not.toBe('lease');
  });

  test('a stranger goes to whoever is active, and waits as unknown when there is nobody', async () => {
    expect(await write(central, { phone: newPhone() })).toMatchObject({
      rule: 'recently_active',
      user_id: owner.user.id,
    });
    await queryAsAdmin(
      switchboard.database,
      'UPDATE waba_accounts SET connected = false WHERE user_id = $1',
      [owner.user.id],
    );
    expect(await write(central, { phone: newPhone() })).toMatchObject({
      rule: 'triage',
      reason: 'unknown_sender',
    });
    expect(await write(central, { userId: newUserId() })).toMatchObject({
      rule: 'triage',
      reason: 'unknown_sender',
    });
  });

  test('a renter who once wrote with phone and id together is found by the id alone', async () => {
    const [phone, userId] = [newPhone(), newUserId()];
    await letTo(switchboard, landlord(0), phone);
    expect(await write(central, { phone, userId })).toMatchObject({ reason: 'landlord_not_opted_in' });
    await takePart(switchboard, landlord(0));
    expect(await write(central, { userId }, 'Without the number')).toMatchObject({
      rule: 'lease',
      user_id: landlord(0).user.id,
    });
  });

  test('an earlier customer of one agent goes back to that agent', async () => {
    const phone = newPhone();
    await answersOn(landlord(1), dedicated);
    await answersOn(owner, null);
    await write(dedicated, { phone });
    expect(await write(central, { phone })).toMatchObject({ rule: 'customer', user_id: landlord(1).user.id });
  });

  test('a disabled landlord’s renter is not sent into an inbox that nobody reads', async () => {
    const phone = newPhone();
    await letTo(switchboard, landlord(0), phone);
    await takePart(switchboard, landlord(0));
    await write(central, { phone });
    await disable(landlord(0));
    expect((await write(central, { phone })).user_id).not.toBe(landlord(0).user.id);
  });
});

test('two customers and two agents: each agent sees the own one, the owner both, another organization none', async () => {
  const colleague = await hire(switchboard, owner);
  const second = await addNumber();
  await answersOn(colleague, second);
  await write(dedicated, { phone: newPhone() }, 'To the first');
  await write(second, { phone: newPhone() }, 'To the second');
  const stranger = await registerOwner(switchboard.url);
  expect(await textsOf(colleague)).toEqual(['To the second']);
  expect((await textsOf(owner)).toSorted()).toEqual(['To the first', 'To the second']);
  expect(await textsOf(stranger)).toEqual([]);
  const { id } = await inboxOf(switchboard.url, owner.access_token)
    .conversations()
    .then((all) => all.find((one) => one.phone_number_id === dedicated) ?? { id: '' });
  for (const session of [colleague, stranger])
    expect(
      (await request(`${switchboard.url}/api/v1/conversations/${id}`, { token: session.access_token }))
        .status,
    ).toBe(404);
});

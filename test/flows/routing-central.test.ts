/** Who gets a message on a central number that many landlords share: the lease says it, and nobody else hears of it. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { newPhone, newUserId } from '../harness/deliveries.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

describe('on a central number', () => {
  let central: string;
  let landlords: SessionAnswer[];
  beforeEach(async () => {
    central = await desk.addCentralNumber();
    landlords = [
      await hire(switchboard, desk.owner, 'Lou First'),
      await hire(switchboard, desk.owner, 'Sam Second'),
    ];
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
    expect(await desk.write(central, { phone }, 'The tap drips')).toMatchObject({
      rule: 'lease',
      user_id: landlord(0).user.id,
      candidates: [{ userId: landlord(0).user.id, name: 'Lou First' }],
    });
    expect(await desk.textsOf(landlord(0))).toEqual(['The tap drips']);
    expect(await desk.textsOf(landlord(1))).toEqual([]);
  });

  test('a landlord who has not opted in gets nothing: the renter waits', async () => {
    const phone = newPhone();
    await letTo(switchboard, landlord(0), phone);
    expect(await desk.write(central, { phone })).toMatchObject({
      rule: 'triage',
      reason: 'landlord_not_opted_in',
      home: '0',
    });
    expect(await desk.textsOf(landlord(0))).toEqual([]);
  });

  test('a renter of two landlords waits until somebody knows who is meant', async () => {
    const phone = newPhone();
    for (const one of landlords) {
      await letTo(switchboard, one, phone);
      await takePart(switchboard, one);
    }
    const decision = await desk.write(central, { phone });
    expect(decision).toMatchObject({ rule: 'triage', reason: 'several_landlords', user_id: null });
    expect(decision.candidates.map(({ name }) => name)).toEqual(['Lou First', 'Sam Second']);
  });

  test('of two landlords the one who takes part gets the message', async () => {
    const phone = newPhone();
    for (const one of landlords) await letTo(switchboard, one, phone);
    await takePart(switchboard, landlord(1));
    expect(await desk.write(central, { phone })).toMatchObject({
      rule: 'lease',
      user_id: landlord(1).user.id,
    });
  });

  test('an ended lease routes nobody', async () => {
    const phone = newPhone();
    await letTo(switchboard, landlord(0), phone);
    await takePart(switchboard, landlord(0));
    await queryAsAdmin(
      switchboard.database,
      `UPDATE rental.leases SET status = 'ended' WHERE organization_id = $1`,
      [desk.owner.organization.id],
    );
    expect((await desk.write(central, { phone })).rule).not.toBe('lease');
  });

  test('a stranger goes to whoever is active, and waits as unknown when there is nobody', async () => {
    expect(await desk.write(central, { phone: newPhone() })).toMatchObject({
      rule: 'recently_active',
      user_id: desk.owner.user.id,
    });
    await queryAsAdmin(
      switchboard.database,
      'UPDATE waba_accounts SET connected = false WHERE user_id = $1',
      [desk.owner.user.id],
    );
    expect(await desk.write(central, { phone: newPhone() })).toMatchObject({
      rule: 'triage',
      reason: 'unknown_sender',
    });
    expect(await desk.write(central, { userId: newUserId() })).toMatchObject({
      rule: 'triage',
      reason: 'unknown_sender',
    });
  });

  test('a renter who once wrote with phone and id together is found by the id alone', async () => {
    const [phone, userId] = [newPhone(), newUserId()];
    await letTo(switchboard, landlord(0), phone);
    expect(await desk.write(central, { phone, userId })).toMatchObject({ reason: 'landlord_not_opted_in' });
    await takePart(switchboard, landlord(0));
    expect(await desk.write(central, { userId }, 'Without the number')).toMatchObject({
      rule: 'lease',
      user_id: landlord(0).user.id,
    });
  });

  test('an earlier customer of one agent goes back to that agent', async () => {
    const phone = newPhone();
    await desk.answersOn(landlord(1), desk.dedicated);
    await desk.answersOn(desk.owner, null);
    await desk.write(desk.dedicated, { phone });
    expect(await desk.write(central, { phone })).toMatchObject({
      rule: 'customer',
      user_id: landlord(1).user.id,
    });
  });

  test('a disabled landlord’s renter is not sent into an inbox that nobody reads', async () => {
    const phone = newPhone();
    await letTo(switchboard, landlord(0), phone);
    await takePart(switchboard, landlord(0));
    await desk.write(central, { phone });
    await desk.disable(landlord(0));
    expect((await desk.write(central, { phone })).user_id).not.toBe(landlord(0).user.id);
  });
});

/**
 * Whom a renter means is asked at one moment and answered at another. What changed between them counts: who opted out or was disabled gets
 * nothing, and who is left gets only what the renter says is theirs.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { request } from '../harness/api.ts';
import { passHours } from '../harness/automatic.ts';
import { inboxOf } from '../harness/inbox.ts';
import { openTwoLandlords, rowFor, type TwoLandlords } from '../harness/two-landlords.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let at: TwoLandlords;
let lou: SessionAnswer;
let sam: SessionAnswer;
beforeEach(async () => {
  at = await openTwoLandlords(switchboard, desk);
  ({ lou, sam } = at);
});

const optIn = (landlord: SessionAnswer, enabled: boolean) =>
  request(`${switchboard.url}/api/v1/whatsapp/opt-in`, {
    method: 'PUT',
    token: landlord.access_token,
    body: { enabled },
  });

/** An owner gives what waits to a landlord. */
async function giveTo(landlord: SessionAnswer): Promise<void> {
  const [item] = await queryAsAdmin<{ id: string }>(
    switchboard.database,
    'SELECT id FROM triage_items WHERE phone_number_id = $1',
    [at.central],
  );
  await request(`${switchboard.url}/api/v1/triage/${item?.id ?? ''}/assign`, {
    token: desk.owner.access_token,
    body: { user_id: landlord.user.id },
  });
}

type Decision = { rule: string; reason: string; user_id: string | null; considered: unknown };
async function lastDecision(): Promise<Decision | undefined> {
  const [last] = await queryAsAdmin<Decision>(
    switchboard.database,
    'SELECT rule, reason, user_id, considered FROM route_decisions WHERE phone_number_id = $1 ORDER BY id DESC LIMIT 1',
    [at.central],
  );
  return last;
}

describe('when one of two landlords has opted out since the question', () => {
  beforeEach(async () => {
    await at.say('The tap drips');
    await at.say('Since yesterday');
    await optIn(sam, false);
  });

  test.each(['row', 'name'])(
    'the other, named by a %s, gets everything that waits, in order',
    async (how) => {
      await (how === 'row' ? at.choose(rowFor(lou)) : at.say('Lou'));
      const answer = how === 'row' ? 'A choice' : 'Lou';
      const inbox = inboxOf(switchboard.url, lou.access_token);
      const thread = (await inbox.thread((await inbox.with(at.phone)).id)).toReversed();
      expect(thread.filter(({ direction }) => direction === 'inbound').map(({ text }) => text)).toEqual([
        'The tap drips',
        'Since yesterday',
        answer,
      ]);
      expect(await at.waiting()).toBe(0);
      expect(await desk.textsOf(sam)).toEqual([]);
      expect(await lastDecision()).toMatchObject({
        rule: 'lease',
        user_id: lou.user.id,
        reason: 'The sender was asked who is meant, and said so.',
      });
    },
  );

  test.each(['row', 'name'])('whoever names them by a %s does not write to the other', async (how) => {
    await (how === 'row' ? at.choose(rowFor(sam)) : at.say('Sam Second'));
    expect(await desk.textsOf(lou)).toEqual([]);
    expect(await desk.textsOf(sam)).toEqual([]);
    expect(await lastDecision()).toMatchObject({
      rule: 'triage',
      reason: 'landlord_not_opted_in',
      user_id: null,
    });
    expect(await at.kinds()).toEqual(['question', 'notice']);
  });

  test('“somebody else” is not the one who is left', async () => {
    await at.choose('landlord:else');
    expect(await desk.textsOf(lou)).toEqual([]);
    expect(await lastDecision()).toMatchObject({ rule: 'triage', reason: 'several_landlords' });
  });

  test('what is no answer goes to who is left, and what waited is for an owner to give', async () => {
    await at.say('Is anybody there?');
    expect(await desk.textsOf(lou)).toEqual(['Is anybody there?']);
    expect(await at.waiting()).toBe(3);
  });
});

test('a landlord who was disabled since gets nothing, and neither does the other in their place', async () => {
  await at.say('The tap drips');
  await desk.disable(sam);
  await at.choose(rowFor(sam));
  expect(await desk.textsOf(lou)).toEqual([]);
  expect(await at.waiting()).toBe(4);
});

test('a row counts however late, a name only until the next question is due', async () => {
  await at.say('The tap drips');
  await passHours(switchboard, desk.owner.organization.id, 25);
  await at.say('Hello?');
  expect(await at.kinds()).toEqual(['question', 'question']);
  await passHours(switchboard, desk.owner.organization.id, 25);
  await at.choose(rowFor(lou));
  expect(await desk.textsOf(lou)).toEqual(expect.arrayContaining(['The tap drips', 'Hello?']));
});

test('the decision shows that the answer decided', async () => {
  await at.say('The tap drips');
  await at.choose(rowFor(lou));
  expect((await lastDecision())?.considered).toEqual([
    { rule: 'conversation', decided: false, why: 'The sender has no conversation on this number.' },
    { rule: 'lease', decided: true, why: 'The sender was asked who is meant, and said so.' },
  ]);
});

describe('a landlord who opts out', () => {
  test('gets no more of a conversation on the central number, until they take part again', async () => {
    await at.say('The tap drips');
    await at.choose(rowFor(lou));
    await optIn(sam, false);
    await optIn(lou, false);
    await at.say('It drips again');
    expect(await lastDecision()).toMatchObject({ rule: 'triage', reason: 'landlord_not_opted_in' });
    await optIn(lou, true);
    await at.say('Still');
    expect(await lastDecision()).toMatchObject({ rule: 'conversation', user_id: lou.user.id });
    expect(await desk.textsOf(lou)).not.toContain('It drips again');
  });

  test('is given it again by an owner, and keeps it until they say no once more', async () => {
    await at.say('The tap drips');
    await at.choose(rowFor(lou));
    await optIn(sam, false);
    await optIn(lou, false);
    await at.say('It drips again');
    await giveTo(lou);
    await at.say('Still');
    expect(await lastDecision()).toMatchObject({ rule: 'conversation', user_id: lou.user.id });
    await optIn(lou, true);
    await optIn(lou, false);
    await at.say('And now?');
    expect(await lastDecision()).toMatchObject({ rule: 'triage', reason: 'landlord_not_opted_in' });
  });

  test('keeps those whom they have blocked, so that these reach nobody else', async () => {
    await at.say('Buy cheap suns');
    await at.choose(rowFor(lou));
    await queryAsAdmin(
      switchboard.database,
      `UPDATE conversations SET status = 'blocked' WHERE phone_number_id = $1`,
      [at.central],
    );
    await optIn(lou, false);
    await at.say('Buy cheap rain');
    expect(await lastDecision()).toMatchObject({ rule: 'conversation', user_id: lou.user.id });
  });
});

test('who never took part and was given a renter by hand keeps them: that is what was taught', async () => {
  await queryAsAdmin(
    switchboard.database,
    'UPDATE user_profiles SET whatsapp_enabled = false WHERE organization_id = $1',
    [desk.owner.organization.id],
  );
  await at.say('The tap drips');
  await giveTo(lou);
  await at.say('And again');
  expect(await lastDecision()).toMatchObject({ rule: 'conversation', user_id: lou.user.id });
});

/** On a central number, somebody who rents from several landlords is asked whom they mean: once, and their answer takes along what waited. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { TriagePage } from '../../src/modules/conversations/contract-triage.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { request } from '../harness/api.ts';
import { passHours, sentTo, type ListRow } from '../harness/automatic.ts';
import { deliver, envelope, newUserId, textChange } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { openTwoLandlords, rowFor, type TwoLandlords } from '../harness/two-landlords.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let at: TwoLandlords;
let lou: SessionAnswer;
let sam: SessionAnswer;
let phone: string;
beforeEach(async () => {
  at = await openTwoLandlords(switchboard, desk);
  ({ lou, sam, phone } = at);
});

async function rowsAsked(address = phone): Promise<ListRow[]> {
  const asked = (await sentTo(switchboard, at.central, address)).findLast(({ kind }) => kind === 'question');
  return asked?.request.interactive?.action.sections.flatMap(({ rows }) => rows) ?? [];
}

describe('the question', () => {
  test('lists the landlords with their properties, and a way out', async () => {
    await at.say('The tap drips');
    expect(await rowsAsked()).toEqual([
      { id: rowFor(lou), title: 'Lou First', description: '7 Harbour Lane' },
      { id: rowFor(sam), title: 'Sam Second', description: '7 Harbour Lane' },
      { id: 'landlord:else', title: 'Somebody else', description: 'We will find out' },
    ]);
    expect(await sentTo(switchboard, at.central, phone)).toMatchObject([
      { state: 'accepted', agent_id: null },
    ]);
    const { body } = await request<TriagePage>(`${switchboard.url}/api/v1/triage`, {
      token: desk.owner.access_token,
    });
    expect(body.data).toMatchObject([
      { reason: 'several_landlords', asked_at: expect.any(String) as string },
    ]);
  });

  test('is asked once in 24 hours, whatever is written meanwhile', async () => {
    for (const text of ['One', 'Two', 'Three']) await at.say(text);
    expect(await at.kinds()).toEqual(['question']);
    await passHours(switchboard, desk.owner.organization.id, 23);
    await at.say('Four');
    expect(await at.kinds()).toEqual(['question']);
    await passHours(switchboard, desk.owner.organization.id, 1);
    await at.say('Five');
    expect(await at.kinds()).toEqual(['question', 'question']);
  });

  test('is asked once of messages that many deliveries bring at once', async () => {
    const deliveries = ['One', 'Two', 'Three', 'Four'].map((text) =>
      envelope([textChange(at.central, { from: { phone }, text, at: at.nextMoment() })]),
    );
    await Promise.all([...deliveries, ...deliveries].map((body) => deliver(switchboard.url, body)));
    await switchboard.settle();
    expect(await at.kinds()).toEqual(['question']);
    expect(await at.waiting()).toBe(5);
  });

  test('keeps to Meta’s limits with more landlords than fit and with long names', async () => {
    for (let n = 0; n < 10; n++) {
      const landlord = await hire(switchboard, desk.owner, `Longname ${'x'.repeat(40)} ${String(n)}`);
      await letTo(switchboard, landlord, phone);
      await takePart(switchboard, landlord);
    }
    await at.say('Hello');
    const rows = await rowsAsked();
    expect(rows).toHaveLength(10);
    expect(rows.at(-1)?.id).toBe('landlord:else');
    for (const { title, description = '' } of rows) {
      expect(Array.from(title).length).toBeLessThanOrEqual(24);
      expect(Array.from(description).length).toBeLessThanOrEqual(72);
    }
    expect(await sentTo(switchboard, at.central, phone)).toMatchObject([{ state: 'accepted' }]);
  });

  test('is asked and answered by a user id alone, once phone and id have come together', async () => {
    const userId = newUserId();
    await at.say('With both', { phone, userId });
    await passHours(switchboard, desk.owner.organization.id, 24);
    await at.say('With the id alone', { userId });
    expect(await at.kinds()).toEqual(['question', 'question']);
    await at.choose(rowFor(sam), { userId });
    expect(await desk.textsOf(sam)).toEqual(expect.arrayContaining(['With both', 'With the id alone']));
  });

  test('is not asked of who opted out, nor about what came late', async () => {
    await deliver(
      switchboard.url,
      envelope([
        textChange(at.central, { from: { phone }, text: 'Old', at: new Date(Date.now() - 25 * 3_600_000) }),
      ]),
    );
    await switchboard.settle();
    expect(await at.kinds()).toEqual([]);
    await at.say('STOP');
    await at.say('Hello?');
    expect(await at.kinds()).toEqual(['opted_out']);
  });
});

describe('the answer', () => {
  test('takes everything that waits to the landlord in order, and the next message follows', async () => {
    await at.say('The tap drips');
    await at.say('Since yesterday');
    await at.choose(rowFor(sam));
    await at.say('Please come soon');
    expect(await at.waiting()).toBe(0);
    expect(await desk.textsOf(lou)).toEqual([]);
    const inbox = inboxOf(switchboard.url, sam.access_token);
    const { id, unread_count, customer } = await inbox.with(phone);
    expect(customer.phone).toBe(phone);
    expect(unread_count).toBe(4);
    const thread = (await inbox.thread(id)).toReversed();
    expect(thread.filter(({ direction }) => direction === 'inbound').map(({ text }) => text)).toEqual([
      'The tap drips',
      'Since yesterday',
      'A choice',
      'Please come soon',
    ]);
    expect(thread.find(({ automatic }) => automatic === 'question')?.status).not.toBe('queued');
    const decisions = await queryAsAdmin<{ rule: string; user_id: string }>(
      switchboard.database,
      'SELECT rule, user_id FROM route_decisions WHERE phone_number_id = $1 ORDER BY id',
      [at.central],
    );
    expect(decisions.map(({ rule }) => rule)).toEqual(['triage', 'triage', 'lease', 'conversation']);
    expect(new Set(decisions.map(({ user_id }) => user_id))).toEqual(new Set([sam.user.id]));
  });

  test('is also a name that means one landlord, once the question was asked', async () => {
    await at.say('Lou');
    expect(await desk.textsOf(lou)).toEqual([]);
    await at.say('first');
    expect(await desk.textsOf(lou)).toEqual(expect.arrayContaining(['Lou', 'first']));
    expect(await desk.textsOf(sam)).toEqual([]);
  });

  test('counts once when it comes twice and at once, and late when somebody else has assigned it', async () => {
    await at.say('The tap drips');
    const body = envelope([at.choice(rowFor(lou))]);
    await Promise.all([1, 2, 3].map(() => deliver(switchboard.url, body)));
    await switchboard.settle();
    expect((await desk.textsOf(lou)).filter((text) => text === 'A choice')).toHaveLength(1);
    await at.choose(rowFor(sam));
    expect(await desk.textsOf(sam)).toEqual([]);
    expect((await desk.textsOf(lou)).filter((text) => text === 'A choice')).toHaveLength(2);
  });

  test('of two at once for different landlords the first decides for all', async () => {
    await at.say('The tap drips');
    await Promise.all(
      [rowFor(lou), rowFor(sam)].map((id) => deliver(switchboard.url, envelope([at.choice(id)]))),
    );
    await switchboard.settle();
    const texts = [await desk.textsOf(lou), await desk.textsOf(sam)];
    expect(texts.map((all) => all.filter((text) => text === 'A choice').length).toSorted()).toEqual([0, 2]);
    expect(texts.flat().filter((text) => text === 'The tap drips')).toHaveLength(1);
    expect(await at.waiting()).toBe(0);
  });

  test('with an id that is none of theirs does nothing but wait', async () => {
    const other = await openRoutingDesk(switchboard);
    await at.say('The tap drips');
    for (const id of ['landlord:', rowFor(other.owner), rowFor(desk.owner), 'x', `${rowFor(lou)} `])
      await at.choose(id);
    expect(await at.waiting()).toBe(7);
    for (const session of [lou, sam, other.owner]) expect(await desk.textsOf(session)).toEqual([]);
  });

  test('for a landlord who no longer takes part leads to nobody', async () => {
    const mo = await hire(switchboard, desk.owner, 'Mo Third');
    await letTo(switchboard, mo, phone);
    await takePart(switchboard, mo);
    await at.say('The tap drips');
    await queryAsAdmin(
      switchboard.database,
      'UPDATE user_profiles SET whatsapp_enabled = false WHERE id = $1',
      [mo.user.id],
    );
    await at.choose(rowFor(mo));
    expect(await desk.textsOf(mo)).toEqual([]);
    expect(await at.waiting()).toBe(3);
  });

  test('“somebody else” leaves it in triage, with a notice', async () => {
    await at.say('The tap drips');
    await at.choose('landlord:else');
    await at.say('Hello?');
    expect(await at.kinds()).toEqual(['question', 'notice']);
    for (const session of [lou, sam]) expect(await desk.textsOf(session)).toEqual([]);
  });
});

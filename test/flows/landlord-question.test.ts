/** On a central number, somebody who rents from several landlords is asked whom they mean: once, and their answer takes along what waited. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { TriagePage } from '../../src/modules/conversations/contract-triage.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { request } from '../harness/api.ts';
import { kindsSentTo, passHours, sentTo, type ListRow } from '../harness/automatic.ts';
import {
  deliver,
  envelope,
  messagesChange,
  newPhone,
  newUserId,
  newWamid,
  textChange,
  type Change,
  type Sender,
} from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let central: string;
let lou: SessionAnswer;
let sam: SessionAnswer;
let phone: string;
beforeEach(async () => {
  central = await desk.addCentralNumber();
  lou = await hire(switchboard, desk.owner, 'Lou First');
  sam = await hire(switchboard, desk.owner, 'Sam Second');
  phone = newPhone();
  for (const landlord of [lou, sam]) {
    await letTo(switchboard, landlord, phone);
    await takePart(switchboard, landlord);
  }
});

let clock = 0;
/** Each a second after the one before, so that order can be seen. */
const nextMoment = () => new Date(Date.now() - 600_000 + 1000 * clock++);

async function say(text: string, from: Sender = { phone }): Promise<void> {
  await deliver(switchboard.url, envelope([textChange(central, { from, text, at: nextMoment() })]));
  await switchboard.settle();
}

const choice = (id: string, from: Sender = { phone }): Change =>
  messagesChange(
    central,
    [
      {
        ...(from.phone ? { from: from.phone } : {}),
        ...(from.userId ? { from_user_id: from.userId } : {}),
        id: newWamid(),
        timestamp: String(Math.floor(nextMoment().getTime() / 1000)),
        type: 'interactive',
        interactive: { type: 'list_reply', list_reply: { id, title: 'A choice' } },
      },
    ],
    [from],
  );

async function choose(id: string, from?: Sender): Promise<void> {
  await deliver(switchboard.url, envelope([choice(id, from)]));
  await switchboard.settle();
}

async function rowsAsked(address = phone): Promise<ListRow[]> {
  const asked = (await sentTo(switchboard, central, address)).findLast(({ kind }) => kind === 'question');
  return asked?.request.interactive?.action.sections.flatMap(({ rows }) => rows) ?? [];
}

const rowFor = ({ user }: SessionAnswer) => `landlord:${user.id}`;
const waiting = () =>
  countRows(
    switchboard.database,
    'waiting_room_messages',
    `organization_id = '${desk.owner.organization.id}'`,
  );
const kinds = (address = phone) => kindsSentTo(switchboard, central, address);

describe('the question', () => {
  test('lists the landlords with their properties, and a way out', async () => {
    await say('The tap drips');
    expect(await rowsAsked()).toEqual([
      { id: rowFor(lou), title: 'Lou First', description: '7 Harbour Lane' },
      { id: rowFor(sam), title: 'Sam Second', description: '7 Harbour Lane' },
      { id: 'landlord:else', title: 'Somebody else', description: 'We will find out' },
    ]);
    expect(await sentTo(switchboard, central, phone)).toMatchObject([{ state: 'accepted', agent_id: null }]);
    const { body } = await request<TriagePage>(`${switchboard.url}/api/v1/triage`, {
      token: desk.owner.access_token,
    });
    expect(body.data).toMatchObject([
      { reason: 'several_landlords', asked_at: expect.any(String) as string },
    ]);
  });

  test('is asked once in 24 hours, whatever is written meanwhile', async () => {
    for (const text of ['One', 'Two', 'Three']) await say(text);
    expect(await kinds()).toEqual(['question']);
    await passHours(switchboard, desk.owner.organization.id, 23);
    await say('Four');
    expect(await kinds()).toEqual(['question']);
    await passHours(switchboard, desk.owner.organization.id, 1);
    await say('Five');
    expect(await kinds()).toEqual(['question', 'question']);
  });

  test('is asked once of messages that many deliveries bring at once', async () => {
    const deliveries = ['One', 'Two', 'Three', 'Four'].map((text) =>
      envelope([textChange(central, { from: { phone }, text, at: nextMoment() })]),
    );
    await Promise.all([...deliveries, ...deliveries].map((body) => deliver(switchboard.url, body)));
    await switchboard.settle();
    expect(await kinds()).toEqual(['question']);
    expect(await waiting()).toBe(5);
  });

  test('keeps to Meta’s limits with more landlords than fit and with long names', async () => {
    for (let n = 0; n < 10; n++) {
      const landlord = await hire(switchboard, desk.owner, `Longname ${'x'.repeat(40)} ${String(n)}`);
      await letTo(switchboard, landlord, phone);
      await takePart(switchboard, landlord);
    }
    await say('Hello');
    const rows = await rowsAsked();
    expect(rows).toHaveLength(10);
    expect(rows.at(-1)?.id).toBe('landlord:else');
    for (const { title, description = '' } of rows) {
      expect(Array.from(title).length).toBeLessThanOrEqual(24);
      expect(Array.from(description).length).toBeLessThanOrEqual(72);
    }
    expect(await sentTo(switchboard, central, phone)).toMatchObject([{ state: 'accepted' }]);
  });

  test('is asked and answered by a user id alone, once phone and id have come together', async () => {
    const userId = newUserId();
    await say('With both', { phone, userId });
    await passHours(switchboard, desk.owner.organization.id, 24);
    await say('With the id alone', { userId });
    expect(await kinds()).toEqual(['question', 'question']);
    await choose(rowFor(sam), { userId });
    expect(await desk.textsOf(sam)).toEqual(expect.arrayContaining(['With both', 'With the id alone']));
  });

  test('is not asked of who opted out, nor about what came late', async () => {
    await deliver(
      switchboard.url,
      envelope([
        textChange(central, { from: { phone }, text: 'Old', at: new Date(Date.now() - 25 * 3_600_000) }),
      ]),
    );
    await switchboard.settle();
    expect(await kinds()).toEqual([]);
    await say('STOP');
    await say('Hello?');
    expect(await kinds()).toEqual(['opted_out']);
  });
});

describe('the answer', () => {
  test('takes everything that waits to the landlord in order, and the next message follows', async () => {
    await say('The tap drips');
    await say('Since yesterday');
    await choose(rowFor(sam));
    await say('Please come soon');
    expect(await waiting()).toBe(0);
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
      [central],
    );
    expect(decisions.map(({ rule }) => rule)).toEqual(['triage', 'triage', 'lease', 'conversation']);
    expect(new Set(decisions.map(({ user_id }) => user_id))).toEqual(new Set([sam.user.id]));
  });

  test('is also a name that means one landlord, once the question was asked', async () => {
    await say('Lou');
    expect(await desk.textsOf(lou)).toEqual([]);
    await say('first');
    expect(await desk.textsOf(lou)).toEqual(expect.arrayContaining(['Lou', 'first']));
    expect(await desk.textsOf(sam)).toEqual([]);
  });

  test('counts once when it comes twice and at once, and late when somebody else has assigned it', async () => {
    await say('The tap drips');
    const body = envelope([choice(rowFor(lou))]);
    await Promise.all([1, 2, 3].map(() => deliver(switchboard.url, body)));
    await switchboard.settle();
    expect((await desk.textsOf(lou)).filter((text) => text === 'A choice')).toHaveLength(1);
    await choose(rowFor(sam));
    expect(await desk.textsOf(sam)).toEqual([]);
    expect((await desk.textsOf(lou)).filter((text) => text === 'A choice')).toHaveLength(2);
  });

  test('of two at once for different landlords the first decides for all', async () => {
    await say('The tap drips');
    await Promise.all(
      [rowFor(lou), rowFor(sam)].map((id) => deliver(switchboard.url, envelope([choice(id)]))),
    );
    await switchboard.settle();
    const texts = [await desk.textsOf(lou), await desk.textsOf(sam)];
    expect(texts.map((all) => all.filter((text) => text === 'A choice').length).toSorted()).toEqual([0, 2]);
    expect(texts.flat().filter((text) => text === 'The tap drips')).toHaveLength(1);
    expect(await waiting()).toBe(0);
  });

  test('with an id that is none of theirs does nothing but wait', async () => {
    const other = await openRoutingDesk(switchboard);
    await say('The tap drips');
    for (const id of ['landlord:', rowFor(other.owner), rowFor(desk.owner), 'x', `${rowFor(lou)} `])
      await choose(id);
    expect(await waiting()).toBe(7);
    for (const session of [lou, sam, other.owner]) expect(await desk.textsOf(session)).toEqual([]);
  });

  test('for a landlord who no longer takes part leads to nobody', async () => {
    const mo = await hire(switchboard, desk.owner, 'Mo Third');
    await letTo(switchboard, mo, phone);
    await takePart(switchboard, mo);
    await say('The tap drips');
    await queryAsAdmin(
      switchboard.database,
      'UPDATE user_profiles SET whatsapp_enabled = false WHERE id = $1',
      [mo.user.id],
    );
    await choose(rowFor(mo));
    expect(await desk.textsOf(mo)).toEqual([]);
    expect(await waiting()).toBe(3);
  });

  test('“somebody else” leaves it in triage, with a notice', async () => {
    await say('The tap drips');
    await choose('landlord:else');
    await say('Hello?');
    expect(await kinds()).toEqual(['question', 'notice']);
    for (const session of [lou, sam]) expect(await desk.textsOf(session)).toEqual([]);
  });
});

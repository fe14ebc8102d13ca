/**
 * Who waits in triage may turn out to be somebody: a renter who wrote under a user id alone and whose phone is told later, or one person
 * under two names. Everything that waits of theirs goes where the next message goes, by itself; who becomes one stands in the audit.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { TriageItem, TriagePage } from '../../src/modules/conversations/contract-triage.ts';
import type { AuditPage } from '../../src/modules/organizations/contract-audit.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { request } from '../harness/api.ts';
import {
  deliver,
  envelope,
  newPhone,
  newUserId,
  newWamid,
  statusesChange,
  textChange,
  type Change,
  type Sender,
} from '../harness/deliveries.ts';
import { rowOf } from '../../src/modules/outbound/automatic-texts.ts';
import { inboxOf, type Inbox } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { anyMessage, call, changeOf, echo } from '../harness/webhook-kinds.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let central: string;
let lou: SessionAnswer;
let inbox: Inbox;
let phone: string;
let userId: string;

beforeEach(async () => {
  central = await desk.addCentralNumber();
  lou = await hire(switchboard, desk.owner, 'Lou First');
  inbox = inboxOf(switchboard.url, lou.access_token);
  [phone, userId] = [newPhone(), newUserId()];
  await letTo(switchboard, lou, phone);
  await takePart(switchboard, lou);
  await desk.letEverybodyWait();
});

async function tell(...changes: Change[]): Promise<void> {
  for (const change of changes) await deliver(switchboard.url, envelope([change]));
  await switchboard.settle();
}
let clock = 0;
const say = (text: string, from: Sender, on = central) =>
  tell(textChange(on, { from, text, at: new Date(Date.now() - 600_000 + 1000 * clock++) }));

const asOwner = <T>(path: string, body?: unknown) =>
  request<T>(`${switchboard.url}/api/v1${path}`, {
    token: desk.owner.access_token,
    ...(body === undefined ? {} : { body }),
  });
const waiting = async (state = 'waiting'): Promise<TriageItem[]> =>
  (await asOwner<TriagePage>(`/triage?state=${state}`)).body.data;
const merges = async () =>
  (await asOwner<AuditPage>('/organization/audit')).body.data.filter(
    ({ action }) => action === 'customer.merged',
  );

describe('a renter who wrote under a user id alone', () => {
  beforeEach(() => say('Under my id', { userId }));

  const bothNames: Record<string, () => Promise<void>> = {
    'by the next message': () => say('Under both', { phone, userId }),
    'by a step of a message to them': () =>
      tell({
        field: 'messages',
        value: {
          ...statusesChange(central, []).value,
          statuses: [
            {
              id: newWamid(),
              status: 'read',
              timestamp: String(Math.floor(Date.now() / 1000)),
              recipient_id: phone,
              recipient_user_id: userId,
            },
          ],
        },
      }),
    'by the business’s address book': () =>
      tell(
        changeOf(central, 'smb_app_state_sync', {
          state_sync: [
            {
              type: 'contact',
              contact: { full_name: 'Renter Ray', phone_number: phone, user_id: userId },
              action: 'add',
              metadata: { timestamp: String(Math.floor(Date.now() / 1000)) },
            },
          ],
        }),
      ),
    'by a notice that they changed their number': () =>
      tell(
        changeOf(central, 'messages', {
          messages: [
            anyMessage({ from: { userId } }, 'system', {
              type: 'user_changed_number',
              body: 'New number',
              wa_id: phone,
            }),
          ],
        }),
      ),
  };

  test.each(Object.entries(bothNames))('reaches the landlord when the phone is told %s', async (_, told) => {
    expect((await waiting()).map(({ reason }) => reason)).toEqual(['unknown_sender']);
    await told();
    expect(await waiting()).toEqual([]);
    const [thread] = await inbox.conversations();
    const texts = (await inbox.thread(thread?.id ?? '')).filter(({ type }) => type === 'text');
    expect(texts.map(({ text }) => text).at(-1)).toBe('Under my id');
    expect(thread?.unread_count).toBe(texts.length);
    expect(await countRows(switchboard.database, 'messages', 'home = 0')).toBe(0);
    const [decision] = await queryAsAdmin<{ user_id: string; reason: string }>(
      switchboard.database,
      `SELECT user_id, reason FROM route_decisions WHERE organization_id = $1 ORDER BY id LIMIT 1`,
      [desk.owner.organization.id],
    );
    expect(decision).toEqual({
      user_id: lou.user.id,
      reason: 'It waited until WhatsApp told who the sender is. The sender rents from this landlord.',
    });
  });

  test('goes on waiting, for the reason that is true now, when the phone rents from two landlords', async () => {
    const sam = await hire(switchboard, desk.owner, 'Sam Second');
    await letTo(switchboard, sam, phone);
    await takePart(switchboard, sam);
    await bothNames['by the business’s address book']?.();
    expect(await waiting()).toMatchObject([
      { reason: 'several_landlords', from: { phone, user_id: userId } },
    ]);
  });

  test('reaches whom they had chosen under the id, when the phone rents from two landlords', async () => {
    const sam = await hire(switchboard, desk.owner, 'Sam Second');
    await letTo(switchboard, sam, phone);
    await takePart(switchboard, sam);
    const choice = { type: 'list_reply', list_reply: { id: rowOf(sam.user.id), title: 'Sam' } };
    await tell(
      changeOf(central, 'messages', { messages: [anyMessage({ from: { userId } }, 'interactive', choice)] }),
    );
    expect(await waiting()).toHaveLength(1);
    await bothNames['by the business’s address book']?.();
    expect(await waiting()).toEqual([]);
    const theirs = inboxOf(switchboard.url, sam.access_token);
    expect(await theirs.conversations()).toMatchObject([{ unread_count: 2 }]);
    expect(await inbox.conversations()).toEqual([]);
  });

  test('goes on waiting where they were blocked', async () => {
    const [item] = await waiting();
    await asOwner('/triage/state', { ids: [item?.id], state: 'blocked' });
    await bothNames['by the business’s address book']?.();
    expect(await waiting('blocked')).toHaveLength(1);
    expect(await inbox.conversations()).toEqual([]);
  });

  test('stays blocked on the number on which they were, when the rest reaches the landlord', async () => {
    const [item] = await waiting();
    await asOwner('/triage/state', { ids: [item?.id], state: 'blocked' });
    const second = await desk.addCentralNumber();
    await say('On another number', { userId }, second);
    await bothNames['by the business’s address book']?.();
    expect(await waiting('blocked')).toEqual([]);
    const conversations = await inbox.conversations();
    expect(new Map(conversations.map((one) => [one.phone_number_id, one.status]))).toEqual(
      new Map([
        [central, 'blocked'],
        [second, 'active'],
      ]),
    );
  });

  test('goes into the conversation that they have under their phone, with what is unread counted once', async () => {
    await say('Under my phone', { phone });
    const before = await inbox.with(phone);
    await say('Under both', { phone, userId });
    expect(await inbox.textsWith(phone)).toEqual(['Under my id', 'Under my phone', 'Under both']);
    expect(await inbox.with(phone)).toMatchObject({ id: before.id, unread_count: 3 });
    expect(await waiting()).toEqual([]);
  });
});

describe('two who wait and turn out to be one', () => {
  let stranger: string;
  beforeEach(async () => {
    stranger = newPhone();
    await say('By phone', { phone: stranger, name: 'Kim' });
    await say('By id', { userId });
  });

  test('are one in triage, with the messages of both, and the audit says so', async () => {
    expect(await waiting()).toHaveLength(2);
    await say('By both', { phone: stranger, userId, name: 'Kim' });
    const [item, ...others] = await waiting();
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      from: { phone: stranger, user_id: userId },
      unread_count: 3,
      message_count: 3,
    });
    expect(item?.messages.map(({ text }) => text)).toEqual(['By phone', 'By id', 'By both']);
    const [event, ...more] = await merges();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ actor: 'worker', user: null, subject: { kind: 'customer', name: 'Kim' } });
    expect((await asOwner<{ is_whole: boolean }>('/organization/audit/check')).body.is_whole).toBe(true);
  });

  test.each([
    ['blocked', 'waiting', 'blocked'],
    ['dismissed', 'blocked', 'blocked'],
    ['dismissed', 'waiting', 'waiting'],
    ['dismissed', 'dismissed', 'dismissed'],
  ])('who was %s and who was %s are %s', async (one, other, together) => {
    const states = { [stranger]: one, [userId]: other };
    for (const { id, from } of await waiting())
      await asOwner('/triage/state', { ids: [id], state: states[from.phone ?? from.user_id ?? ''] });
    // Told by a notice, not by a message: a message takes back who was put aside.
    await tell(
      changeOf(central, 'user_id_update', {
        user_id_update: [
          { wa_id: stranger, user_id: { current: userId }, timestamp: String(Math.floor(Date.now() / 1000)) },
        ],
      }),
    );
    expect(await waiting(together)).toMatchObject([{ from: { phone: stranger, user_id: userId } }]);
    const everybody = await countRows(
      switchboard.database,
      'triage_items',
      `organization_id = '${desk.owner.organization.id}'`,
    );
    expect(everybody).toBe(1);
  });

  test('keep what waits on each number', async () => {
    const second = await desk.addCentralNumber();
    await say('By id, elsewhere', { userId }, second);
    await say('By both', { phone: stranger, userId });
    const items = await waiting();
    expect(new Map(items.map((one) => [one.phone_number_id, one.message_count]))).toEqual(
      new Map([
        [central, 3],
        [second, 1],
      ]),
    );
  });
});

describe('what is told of somebody who waits', () => {
  const moment = () => new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000);

  test('is kept in whatever order it comes: steps of what the business wrote by another way', async () => {
    const wamid = newWamid();
    const written = echo({ from: { userId }, id: wamid }, 'text', { body: 'By the app' });
    await tell(
      statusesChange(central, [{ id: wamid, status: 'delivered' }]),
      changeOf(central, 'smb_message_echoes', { message_echoes: [written] }),
    );
    const [item] = await waiting();
    expect(item?.messages).toMatchObject([{ text: 'By the app', status: 'delivered' }]);
    expect(await countRows(switchboard.database, 'parked_statuses', `wamid = '${wamid}'`)).toBe(0);
  });

  test.each([
    ['connect', 'terminate'],
    ['terminate', 'connect'],
  ])('is kept in whatever order it comes: a call (%s, %s)', async (...order) => {
    const times = { connect: moment(), terminate: new Date(moment().getTime() + 30_000) };
    for (const event of order)
      await tell(
        changeOf(central, 'calls', {
          calls: [call({ from: { userId }, id: 'wacid.one', at: times[event as 'connect'] }, event)],
        }),
      );
    const [item] = await waiting();
    expect(item?.last_message_at).toBe(times.terminate.toISOString());
  });
});

test('an agent’s two customers who become one stand in the audit with both ids', async () => {
  await desk.answersOn(desk.owner, desk.dedicated);
  const stranger = newPhone();
  await say('By phone', { phone: stranger, name: 'Kim' }, desk.dedicated);
  await say('By id', { userId }, desk.dedicated);
  const before = await queryAsAdmin<{ id: number }>(
    switchboard.database,
    'SELECT id::integer FROM customers WHERE organization_id = $1 ORDER BY id',
    [desk.owner.organization.id],
  );
  await say('By both', { phone: stranger, userId, name: 'Kim' }, desk.dedicated);
  const [kept, gone] = before.map(({ id }) => id);
  expect(await merges()).toMatchObject([
    {
      actor: 'worker',
      subject: { id: String(kept), name: 'Kim' },
      details: { merged_customer_id: gone, agent_id: desk.owner.user.agent?.id },
    },
  ]);
});

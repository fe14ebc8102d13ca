/** Who waits for an owner, and what the owner does about it: nothing is lost, nobody else sees it, and the next message follows. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type {
  TriageAssigned,
  TriageItem,
  TriageMessagePage,
  TriagePage,
} from '../../src/modules/conversations/contract-triage.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { deliver, envelope, newPhone, newUserId, newWamid, textChange } from '../harness/deliveries.ts';
import { openEventStream } from '../harness/event-stream.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let agent: SessionAnswer;
beforeEach(async () => {
  agent = await hire(switchboard, desk.owner, 'Ada Agent');
  await desk.letEverybodyWait();
});

const at = (path: string) => `${switchboard.url}/api/v1${path}`;
async function triage(query = '', token = desk.owner.access_token): Promise<TriagePage> {
  const { status, body } = await request<TriagePage>(at(`/triage${query}`), { token });
  expect(status).toBe(200);
  return body;
}
async function onlyItem(query = ''): Promise<TriageItem> {
  const { data } = await triage(query);
  const [item] = data;
  if (!item || data.length > 1) throw new Error(`${String(data.length)} wait.`);
  return item;
}
const assign = (id: string, userId: string, token = desk.owner.access_token) =>
  request<TriageAssigned>(at(`/triage/${id}/assign`), { token, body: { user_id: userId } });
const messagesOf = (id: string, query = '', token = desk.owner.access_token) =>
  request<TriageMessagePage>(at(`/triage/${id}/messages${query}`), { token });
const setState = (ids: string[], state: string, token = desk.owner.access_token) =>
  request(at('/triage/state'), { token, body: { ids, state } });

describe('the list', () => {
  test('holds no more of a message than a person writes, however much a stranger sends; the whole is in the thread', async () => {
    const [phone, long] = [newPhone(), 'x'.repeat(50_000)];
    await desk.write(desk.dedicated, { phone }, long);
    await desk.write(desk.dedicated, { phone }, 'é'.repeat(4096));
    const { id, messages } = await onlyItem();
    expect(messages.map(({ text }) => text.length)).toEqual([4096, 4096]);
    const { body } = await messagesOf(id);
    expect(body.data.map(({ text }) => text)).toContain(long);
  });

  test('says who waits, where, why, and what they wrote, oldest message first', async () => {
    const phone = newPhone();
    await desk.write(desk.dedicated, { phone }, 'First');
    await desk.write(desk.dedicated, { phone }, 'Second');
    const item = await onlyItem();
    expect(item).toMatchObject({
      reason: 'number_not_configured',
      state: 'waiting',
      from: { phone },
      phone_number_id: desk.dedicated,
      unread_count: 2,
      message_count: 2,
    });
    expect(item.messages.map(({ text }) => text)).toEqual(['First', 'Second']);
  });

  test('pages by who wrote last, without repeating or leaving out anybody', async () => {
    const phones = [newPhone(), newPhone(), newPhone()];
    for (const phone of phones) await desk.write(desk.dedicated, { phone });
    const first = await triage('?limit=2');
    const second = await triage(`?limit=2&cursor=${String(first.next_cursor)}`);
    const seen = [...first.data, ...second.data].map(({ from }) => from.phone);
    expect(new Set(seen)).toEqual(new Set(phones));
    expect(seen).toHaveLength(3);
    expect(second.next_cursor).toBeNull();
    expect(first.waiting_count).toBe(3);
  });

  test('has every message of a sender, however many, page by page, newest first', async () => {
    const phone = newPhone();
    const texts = Array.from({ length: 25 }, (_, n) => `Message ${String(n)}`);
    await deliver(
      switchboard.url,
      envelope(texts.map((text) => textChange(desk.dedicated, { from: { phone }, text, id: newWamid() }))),
    );
    await switchboard.settle();
    const { id, messages, message_count } = await onlyItem();
    expect([messages.length, message_count]).toEqual([20, 25]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await messagesOf(id, `?limit=10${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map(({ text }) => text));
      cursor = body.next_cursor;
    }
    expect(seen.toReversed()).toEqual(texts);
  });

  test('shows a sender’s messages to no agent and no other organization, and refuses bad cursors', async () => {
    await desk.write(desk.dedicated, { phone: newPhone() });
    const { id } = await onlyItem();
    const stranger = await registerOwner(switchboard.url);
    expect((await messagesOf(id, '', agent.access_token)).status).toBe(403);
    expect((await messagesOf(id, '', stranger.access_token)).status).toBe(404);
    expect((await messagesOf('no-id')).status).toBe(404);
    expect((await messagesOf(id, '?cursor=bm9uc2Vuc2U')).status).toBe(400);
    expect((await messagesOf(id, '?limit=201')).status).toBe(400);
  });

  test('is for owners; an agent is refused and another organization sees its own', async () => {
    await desk.write(desk.dedicated, { phone: newPhone() });
    expect((await request(at('/triage'), { token: agent.access_token })).status).toBe(403);
    const stranger = await registerOwner(switchboard.url);
    expect((await triage('', stranger.access_token)).data).toEqual([]);
  });
});

describe('assigning', () => {
  test('moves the whole history in order and unread, and the next message follows', async () => {
    const phone = newPhone();
    for (const text of ['One', 'Two', 'Three']) await desk.write(desk.dedicated, { phone }, text);
    const { id } = await onlyItem();
    const { status, body } = await assign(id, agent.user.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ user_id: agent.user.id, conversation_ids: [expect.any(String)] });
    const inbox = inboxOf(switchboard.url, agent.access_token);
    expect(await inbox.textsWith(phone)).toEqual(['One', 'Two', 'Three']);
    expect(await inbox.with(phone)).toMatchObject({
      id: body.conversation_ids[0],
      unread_count: 3,
      status: 'active',
      last_message: { text: 'Three' },
      window_closes_at: expect.any(String),
    });
    expect(await triage()).toMatchObject({ data: [], waiting_count: 0 });
    expect(await desk.write(desk.dedicated, { phone }, 'Four')).toMatchObject({
      rule: 'conversation',
      user_id: agent.user.id,
    });
    expect(await inbox.textsWith(phone)).toEqual(['One', 'Two', 'Three', 'Four']);
  });

  test('is written down: the rule stays triage, with who assigned it, and the audit has it', async () => {
    const phone = newPhone();
    await desk.write(desk.dedicated, { phone });
    const { id } = await onlyItem();
    await assign(id, agent.user.id);
    const [decision] = await queryAsAdmin<{ rule: string; reason: string; user_id: string }>(
      switchboard.database,
      'SELECT rule, reason, user_id FROM route_decisions WHERE organization_id = $1',
      [desk.owner.organization.id],
    );
    expect(decision).toMatchObject({
      rule: 'triage',
      user_id: agent.user.id,
      reason: `${desk.owner.user.name} assigned it from triage.`,
    });
    const audit = await request<{ data: { action: string }[] }>(at('/organization/audit'), {
      token: desk.owner.access_token,
    });
    expect(audit.body.data.map(({ action }) => action)).toContain('triage.assigned');
  });

  test('takes along what the sender wrote on other numbers, each in its own conversation', async () => {
    const phone = newPhone();
    const other = await desk.addNumber();
    await desk.answersOn(desk.owner, null);
    await desk.write(desk.dedicated, { phone }, 'Here');
    await desk.write(other, { phone }, 'There');
    const { data } = await triage();
    const { body } = await assign(data[0]?.id ?? '', agent.user.id);
    expect(body.conversation_ids).toHaveLength(2);
    expect((await desk.textsOf(agent)).toSorted()).toEqual(['Here', 'There']);
    expect((await triage()).data).toEqual([]);
  });

  test('gives an agent who has the customer already the messages in the same conversation', async () => {
    const [phone, userId] = [newPhone(), newUserId()];
    await desk.write(desk.dedicated, { phone }, 'Before');
    await assign((await onlyItem()).id, agent.user.id);
    await desk.write(desk.dedicated, { userId }, 'By id only');
    await assign((await onlyItem()).id, agent.user.id);
    await desk.write(desk.dedicated, { phone, userId }, 'Both');
    expect((await desk.textsOf(agent)).filter((text) => !text.startsWith('Two customers'))).toEqual([
      'Before',
      'By id only',
      'Both',
    ]);
  });

  test('is refused to agents, for people and senders that are not there, and to other organizations', async () => {
    await desk.write(desk.dedicated, { phone: newPhone() });
    const { id } = await onlyItem();
    const stranger = await registerOwner(switchboard.url);
    expect((await assign(id, agent.user.id, agent.access_token)).status).toBe(403);
    expect((await assign(id, stranger.user.id)).status).toBe(404);
    expect((await assign(id, stranger.user.id, stranger.access_token)).status).toBe(404);
    expect((await assign('no-id', agent.user.id)).status).toBe(404);
    expect((await assign(id, 'not a user')).status).toBe(400);
    expect((await triage()).data).toHaveLength(1);
  });

  test('by two owners at once is done once, and nothing is doubled', async () => {
    const phone = newPhone();
    await desk.write(desk.dedicated, { phone }, 'Only once');
    const { id } = await onlyItem();
    const answers = await Promise.all([assign(id, agent.user.id), assign(id, desk.owner.user.id)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expect(await desk.textsOf(desk.owner)).toEqual(['Only once']);
  });

  test('while the sender goes on writing loses and doubles nothing', async () => {
    const phone = newPhone();
    const texts = Array.from({ length: 12 }, (_, n) => `Message ${String(n)}`);
    await desk.write(desk.dedicated, { phone }, texts[0]);
    const { id } = await onlyItem();
    const writing = texts
      .slice(1)
      .map((text) =>
        deliver(
          switchboard.url,
          envelope([textChange(desk.dedicated, { from: { phone }, text, id: newWamid() })]),
        ),
      );
    const [{ status }] = await Promise.all([assign(id, agent.user.id), ...writing]);
    await switchboard.settle();
    expect(status).toBe(200);
    expect((await desk.textsOf(agent)).toSorted()).toEqual(texts.toSorted());
    expect((await triage()).data).toEqual([]);
  });

  test('several at once are assigned all or none', async () => {
    for (const text of ['a', 'b', 'c']) await desk.write(desk.dedicated, { phone: newPhone() }, text);
    const ids = (await triage()).data.map(({ id }) => id);
    const all = (list: string[]) =>
      request(at('/triage/assign'), {
        token: desk.owner.access_token,
        body: { ids: list, user_id: agent.user.id },
      });
    expect((await all([...ids, crypto.randomUUID()])).status).toBe(404);
    expect((await triage()).data).toHaveLength(3);
    expect(await all(ids)).toMatchObject({ status: 200, body: { changed: 3 } });
    expect((await desk.textsOf(agent)).toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('shows the conversation to the agent at once, and tells the owner’s triage', async () => {
    await desk.write(desk.dedicated, { phone: newPhone() });
    const { id } = await onlyItem();
    const [theirs, owners] = [
      await openEventStream(switchboard.url, agent.access_token),
      await openEventStream(switchboard.url, desk.owner.access_token),
    ];
    await assign(id, agent.user.id);
    await theirs.next('conversation.created');
    await owners.next('triage.changed');
    theirs.close();
    owners.close();
  });
});

describe('putting aside and blocking', () => {
  test('a dismissed sender comes back with the next message, or when it is undone', async () => {
    const phone = newPhone();
    await desk.write(desk.dedicated, { phone });
    const { id } = await onlyItem();
    expect((await setState([id], 'dismissed')).status).toBe(200);
    expect((await triage()).data).toEqual([]);
    expect(await onlyItem('?state=dismissed')).toMatchObject({ id });
    await setState([id], 'waiting');
    expect(await onlyItem()).toMatchObject({ id, unread_count: 1 });
    await setState([id], 'dismissed');
    await desk.write(desk.dedicated, { phone });
    expect(await onlyItem()).toMatchObject({ id, unread_count: 2 });
  });

  test('a blocked sender’s messages are stored and reach nobody, also when somebody answers on the number by then', async () => {
    const phone = newPhone();
    await desk.write(desk.dedicated, { phone }, 'Spam');
    const { id } = await onlyItem();
    await setState([id], 'blocked');
    await desk.answersOn(agent, desk.dedicated);
    expect(await desk.write(desk.dedicated, { phone }, 'More spam')).toMatchObject({
      rule: 'triage',
      reason: 'blocked',
    });
    expect(await desk.textsOf(agent)).toEqual([]);
    expect(await triage()).toMatchObject({ data: [], waiting_count: 0 });
    expect(await onlyItem('?state=blocked')).toMatchObject({ unread_count: 0, message_count: 2 });
    await setState([id], 'waiting');
    expect(await desk.write(desk.dedicated, { phone })).toMatchObject({ rule: 'number' });
  });

  test('is refused to agents, and for what is not there nothing changes', async () => {
    await desk.write(desk.dedicated, { phone: newPhone() });
    const { id } = await onlyItem();
    const stranger = await registerOwner(switchboard.url);
    expect((await setState([id], 'blocked', agent.access_token)).status).toBe(403);
    expect((await setState([id], 'blocked', stranger.access_token)).status).toBe(404);
    expect((await setState([id, crypto.randomUUID()], 'blocked')).status).toBe(404);
    expect((await setState([id], 'gone')).status).toBe(400);
    expect(await onlyItem()).toMatchObject({ id });
  });
});

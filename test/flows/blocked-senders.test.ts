/** Blocking a sender: who did it, when and why is kept and listed; what they write is kept and counts for nobody; it can be undone. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { BlockedSender, BlockedSenderPage } from '../../src/modules/conversations/contract-blocked.ts';
import type { TriagePage } from '../../src/modules/conversations/contract-triage.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let agent: SessionAnswer;
let phone: string;
let id: string;
beforeEach(async () => {
  agent = await hire(switchboard, desk.owner, 'Ada Agent');
  await desk.answersOn(desk.owner, null);
  await desk.answersOn(agent, desk.dedicated);
  phone = newPhone();
  await desk.write(desk.dedicated, { phone }, 'Buy cheap suns!');
  ({ id } = await inbox(agent).with(phone));
});

const at = (path: string) => `${switchboard.url}/api/v1${path}`;
const inbox = ({ access_token }: SessionAnswer) => inboxOf(switchboard.url, access_token);
const block = (by: SessionAnswer, reason?: string, conversation = id) =>
  inbox(by).patch(conversation, { status: 'blocked', ...(reason !== undefined && { reason }) });

async function blocked(by: SessionAnswer, query = ''): Promise<BlockedSenderPage> {
  const { status, body } = await request<BlockedSenderPage>(at(`/blocked-senders${query}`), {
    token: by.access_token,
  });
  expect(status).toBe(200);
  return body;
}

async function audited(): Promise<{ action: string; subject: { name: string | null }; details: unknown }[]> {
  const { body } = await request<{
    data: { action: string; subject: { name: string | null }; details: unknown }[];
  }>(at('/organization/audit'), { token: desk.owner.access_token });
  return body.data.filter(({ action }) => /blocked|waiting/u.test(action));
}

/** Somebody for whom no rule finds anybody, blocked by the owner. */
async function blockInTriage(reason?: string): Promise<string> {
  await desk.answersOn(agent, null);
  const number = await desk.addNumber();
  await request(at(`/phone-numbers/${number}`), {
    method: 'PATCH',
    token: desk.owner.access_token,
    body: { routing: ['conversation'] },
  });
  await desk.write(number, { phone: newPhone() }, 'Rain for sale');
  const { body } = await request<TriagePage>(at('/triage'), { token: desk.owner.access_token });
  const ids = body.data.map((item) => item.id);
  const { status } = await request(at('/triage/state'), {
    token: desk.owner.access_token,
    body: { ids, state: 'blocked', ...(reason !== undefined && { reason }) },
  });
  expect(status).toBe(200);
  return ids[0] ?? '';
}

async function listed(state: string): Promise<TriagePage> {
  const { body } = await request<TriagePage>(at(`/triage?state=${state}`), {
    token: desk.owner.access_token,
  });
  return body;
}

describe('a block in the inbox', () => {
  test('says since when, by whom and why, in the conversation and in the list', async () => {
    const { status, body } = await block(agent, '  Advertises  ');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'blocked',
      blocked: { at: expect.any(String), by: 'Ada Agent', reason: 'Advertises' },
    });
    expect((await blocked(agent)).data).toMatchObject([
      {
        conversation_id: id,
        triage_id: null,
        from: { phone },
        phone_number_id: desk.dedicated,
        agent_name: 'Ada Agent',
        blocked: { by: 'Ada Agent', reason: 'Advertises' },
      },
    ]);
  });

  test('keeps what they write, counts it for nobody, and lets nobody answer', async () => {
    const { unread_count: before } = await inbox(agent).with(phone);
    await block(agent);
    await desk.write(desk.dedicated, { phone }, 'Two for one!');
    expect(await inbox(agent).with(phone)).toMatchObject({ status: 'blocked', unread_count: before });
    expect(await inbox(agent).textsWith(phone)).toEqual(['Buy cheap suns!', 'Two for one!']);
    expect((await inbox(agent).send(id, 'No.')).status).toBe(409);
  });

  test('is undone, and then nobody is listed and nothing of it is left', async () => {
    await block(agent, 'By mistake');
    expect((await inbox(agent).patch(id, { status: 'active' })).body).toMatchObject({
      status: 'active',
      blocked: null,
    });
    expect((await blocked(desk.owner)).data).toEqual([]);
    await block(agent);
    expect((await blocked(agent)).data).toMatchObject([{ blocked: { reason: null } }]);
  });

  test('is written down, and so is its end', async () => {
    await block(agent, 'Advertises');
    await inbox(agent).patch(id, { status: 'active' });
    await inbox(agent).patch(id, { status: 'archived' });
    const name = (await inbox(agent).with(phone)).customer.name;
    expect(await audited()).toMatchObject([
      { action: 'conversation.unblocked', subject: { name } },
      { action: 'conversation.blocked', subject: { name }, details: { reason: 'Advertises' } },
    ]);
  });

  test('goes along when the customer is handed over', async () => {
    await block(agent, 'Advertises');
    const colleague = await hire(switchboard, desk.owner, 'Carl Colleague');
    await request(at(`/conversations/${id}/hand-over`), {
      token: agent.access_token,
      body: { user_id: colleague.user.id },
    });
    expect((await blocked(colleague)).data).toMatchObject([
      {
        conversation_id: id,
        agent_name: 'Carl Colleague',
        blocked: { by: 'Ada Agent', reason: 'Advertises' },
      },
    ]);
    expect((await blocked(agent)).data).toEqual([]);
  });

  test('takes no reason without a block, no empty one, none that is too long', async () => {
    expect(await inbox(agent).patch(id, { status: 'archived', reason: 'Old' })).toMatchObject({
      status: 400,
      body: { code: 'conversations.reason_without_block' },
    });
    expect((await block(agent, ' ')).status).toBe(400);
    expect((await block(agent, 'x'.repeat(501))).status).toBe(400);
    expect(await inbox(agent).with(phone)).toMatchObject({ status: 'active', blocked: null });
  });

  test('is for those who see the conversation', async () => {
    const colleague = await hire(switchboard, desk.owner, 'Carl Colleague');
    const stranger = await registerOwner(switchboard.url);
    expect((await block(colleague)).status).toBe(404);
    expect((await block(stranger)).status).toBe(404);
    await block(desk.owner);
    expect((await blocked(agent)).data).toMatchObject([{ blocked: { by: desk.owner.user.name } }]);
    expect((await blocked(colleague)).data).toEqual([]);
    expect((await blocked(stranger)).data).toEqual([]);
  });
});

describe('a block in triage', () => {
  test('is listed for owners only, with its reason, and ends in triage', async () => {
    const item = await blockInTriage('Spam');
    expect((await blocked(desk.owner)).data).toMatchObject([
      {
        conversation_id: null,
        triage_id: item,
        agent_name: null,
        blocked: { by: desk.owner.user.name, reason: 'Spam' },
      },
    ]);
    expect((await listed('blocked')).data).toMatchObject([
      { id: item, blocked: { at: expect.any(String), by: desk.owner.user.name, reason: 'Spam' } },
    ]);
    expect((await blocked(agent)).data).toEqual([]);
    await request(at('/triage/state'), {
      token: desk.owner.access_token,
      body: { ids: [item], state: 'waiting' },
    });
    expect((await blocked(desk.owner)).data).toEqual([]);
    expect((await audited()).map(({ action }) => action)).toEqual(['triage.waiting', 'triage.blocked']);
  });

  test('leaves why they waited as it was, for when it ends', async () => {
    const item = await blockInTriage('Spam');
    const [row] = (await listed('blocked')).data;
    await desk.write(row?.phone_number_id ?? '', { phone: row?.from.phone ?? '' }, 'More rain');
    await request(at('/triage/state'), {
      token: desk.owner.access_token,
      body: { ids: [item], state: 'waiting' },
    });
    expect((await listed('waiting')).data).toMatchObject([
      { id: item, reason: 'unknown_sender', blocked: null },
    ]);
  });

  test('goes along with who is assigned', async () => {
    const item = await blockInTriage('Spam');
    await request(at(`/triage/${item}/assign`), {
      token: desk.owner.access_token,
      body: { user_id: agent.user.id },
    });
    expect((await blocked(agent)).data).toMatchObject([
      { conversation_id: expect.any(String), blocked: { by: desk.owner.user.name, reason: 'Spam' } },
    ]);
  });

  test('takes no reason without a block', async () => {
    const item = await blockInTriage();
    const answer = await request(at('/triage/state'), {
      token: desk.owner.access_token,
      body: { ids: [item], state: 'waiting', reason: 'Good again' },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'conversations.reason_without_block' } });
    expect((await blocked(desk.owner)).data).toHaveLength(1);
  });
});

test('the list pages by who was blocked last, through inbox and triage', async () => {
  for (const other of [newPhone(), newPhone()]) {
    await desk.write(desk.dedicated, { phone: other });
    await block(agent, undefined, (await inbox(agent).with(other)).id);
  }
  await blockInTriage();
  await block(agent);
  const seen: BlockedSender[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await blocked(desk.owner, `?limit=1${cursor && `&cursor=${cursor}`}`);
    seen.push(...page.data);
    cursor = page.next_cursor;
  }
  expect(seen).toHaveLength(4);
  expect(seen[0]).toMatchObject({ conversation_id: id });
  expect(seen[1]).toMatchObject({ conversation_id: null });
  expect(new Set(seen.map((one) => one.conversation_id ?? one.triage_id)).size).toBe(4);
  expect(
    (await request(at('/blocked-senders?cursor=bm9uc2Vuc2U'), { token: agent.access_token })).status,
  ).toBe(400);
});

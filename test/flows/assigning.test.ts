/** A conversation that a colleague answers besides its agent: what they see and may do, and that it ends when it is taken back. */
import { beforeEach, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { Conversation } from '../../src/modules/conversations/contract.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { openEventStream } from '../harness/event-stream.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let agent: SessionAnswer;
let colleague: SessionAnswer;
let phone: string;
let id: string;
beforeEach(async () => {
  agent = await hire(switchboard, desk.owner, 'Ada Agent');
  colleague = await hire(switchboard, desk.owner, 'Carl Colleague');
  await desk.answersOn(desk.owner, null);
  await desk.answersOn(agent, desk.dedicated);
  phone = newPhone();
  await desk.write(desk.dedicated, { phone }, 'Is the zebra crossing open?');
  await desk.write(desk.dedicated, { phone: newPhone() }, 'Somebody else');
  ({ id } = await inboxOf(switchboard.url, agent.access_token).with(phone));
});

const assign = (by: SessionAnswer, userId: string | null, conversation = id) =>
  request<Conversation>(`${switchboard.url}/api/v1/conversations/${conversation}/assign`, {
    token: by.access_token,
    body: { user_id: userId },
  });
const inboxOfPerson = ({ access_token }: SessionAnswer) => inboxOf(switchboard.url, access_token);

test('whom it is assigned to sees that conversation and no other, finds it, and marks it read', async () => {
  const { status, body } = await assign(desk.owner, colleague.user.id);
  expect(status).toBe(200);
  expect(body).toMatchObject({ id, assignee_id: colleague.user.id, assignee_name: 'Carl Colleague' });
  const inbox = inboxOfPerson(colleague);
  expect(await inbox.conversations()).toMatchObject([{ id, customer: { phone }, unread_count: 1 }]);
  expect(await inbox.texts()).toEqual(['Is the zebra crossing open?']);
  expect(await inbox.conversations('?q=zebra')).toHaveLength(1);
  expect(await inbox.conversations('?q=somebody')).toEqual([]);
  await request(`${switchboard.url}/api/v1/conversations/${id}/read`, {
    method: 'POST',
    token: colleague.access_token,
  });
  expect(await inboxOfPerson(agent).with(phone)).toMatchObject({ unread_count: 0 });
});

test('answers under their own name, and the agent sees it', async () => {
  await assign(agent, colleague.user.id);
  expect((await inboxOfPerson(colleague).send(id, 'Yes, it is.')).status).toBe(202);
  await switchboard.settle();
  const [answer] = await inboxOfPerson(agent).thread(id);
  expect(answer).toMatchObject({ text: 'Yes, it is.', direction: 'outbound', sender_name: 'Carl Colleague' });
});

test('a new message reaches both at once', async () => {
  await assign(desk.owner, colleague.user.id);
  const events = await openEventStream(switchboard.url, colleague.access_token);
  expect(await desk.write(desk.dedicated, { phone }, 'And tomorrow?')).toMatchObject({
    user_id: agent.user.id,
  });
  expect((await events.next('message.received')).data).toMatchObject({ conversation_id: id });
  events.close();
  expect(await inboxOfPerson(colleague).textsWith(phone)).toContain('And tomorrow?');
});

test('whoever gains or loses it is told, and who lost it finds nothing any more', async () => {
  const events = await openEventStream(switchboard.url, colleague.access_token);
  await assign(desk.owner, colleague.user.id);
  await events.next('conversation.updated');
  await assign(desk.owner, null);
  await events.next('conversation.updated');
  events.close();
  const inbox = inboxOfPerson(colleague);
  expect(await inbox.conversations()).toEqual([]);
  expect((await inbox.send(id, 'Too late')).status).toBe(404);
  expect((await inbox.patch(id, { status: 'archived' })).status).toBe(404);
});

test('the agent assigns their own, an assignee only gives back, and nobody takes', async () => {
  expect((await assign(colleague, colleague.user.id)).status).toBe(404);
  expect((await assign(agent, colleague.user.id)).status).toBe(200);
  expect((await assign(colleague, desk.owner.user.id)).status).toBe(403);
  expect((await assign(colleague, null)).status).toBe(200);
  expect(await inboxOfPerson(colleague).conversations()).toEqual([]);
  expect(await inboxOfPerson(agent).with(phone)).toMatchObject({ assignee_id: null });
});

test('people who are not there, other organizations and bad ids are refused', async () => {
  const stranger = await registerOwner(switchboard.url);
  expect((await assign(desk.owner, stranger.user.id)).status).toBe(404);
  expect((await assign(stranger, stranger.user.id)).status).toBe(404);
  expect((await assign(desk.owner, colleague.user.id, 'no-id')).status).toBe(404);
  expect((await assign(desk.owner, 'no-id')).status).toBe(400);
});

test('two owners who assign at once leave one assignee, who sees it, and it is written down', async () => {
  await Promise.all([assign(desk.owner, colleague.user.id), assign(desk.owner, agent.user.id)]);
  const { assignee_id: assignee } = await inboxOfPerson(desk.owner).with(phone);
  expect([colleague.user.id, agent.user.id]).toContain(assignee);
  expect(await inboxOfPerson(colleague).conversations()).toHaveLength(assignee === colleague.user.id ? 1 : 0);
  const audit = await request<{ data: { action: string }[] }>(
    `${switchboard.url}/api/v1/organization/audit`,
    {
      token: desk.owner.access_token,
    },
  );
  expect(audit.body.data.filter(({ action }) => action === 'conversation.assigned')).toHaveLength(2);
});

/** The main job, from end to end over HTTP: a customer writes, the right person sees it and answers, the ticks go to read. */
import { expect, test } from 'vitest';
import type { ConversationPage, Message, MessagePage } from '../../src/modules/conversations/contract.ts';
import { request } from '../harness/api.ts';
import { number, owner, switchboard } from '../harness/with-number.ts';

const get = <T>(path: string) => request<T>(`${switchboard.url}${path}`, { token: owner.access_token });

test('a customer writes, the number’s user answers, and the ticks go to read', async () => {
  switchboard.simulator.control.inbound({
    phone_number_id: number.phoneNumberId,
    from: '491701112233',
    name: 'Lena Vogt',
    text: 'Is the shop open today?',
  });
  await switchboard.settle();

  const inbox = await get<ConversationPage>('/api/v1/conversations');
  expect(inbox.body.data).toMatchObject([
    {
      customer: { name: 'Lena Vogt', phone: '491701112233' },
      phone_number_id: number.phoneNumberId,
      unread_count: 1,
      last_message: { direction: 'inbound', text: 'Is the shop open today?', status: 'received' },
    },
  ]);
  const id = inbox.body.data[0]?.id ?? '';

  const sent = await request<Message>(`${switchboard.url}/api/v1/conversations/${id}/messages`, {
    token: owner.access_token,
    headers: { 'idempotency-key': 'answer-1' },
    body: { text: 'Yes, until six.' },
  });
  expect(sent.status).toBe(202);
  expect(sent.body).toMatchObject({ direction: 'outbound', status: 'queued', text: 'Yes, until six.' });
  await switchboard.settle();

  const thread = await get<MessagePage>(`/api/v1/conversations/${id}/messages`);
  expect(thread.body.data.map(({ direction, text, status }) => ({ direction, text, status }))).toEqual([
    { direction: 'outbound', text: 'Yes, until six.', status: 'read' },
    { direction: 'inbound', text: 'Is the shop open today?', status: 'received' },
  ]);
  expect(switchboard.simulator.control.messages({ phone_number_id: number.phoneNumberId })).toHaveLength(1);
});

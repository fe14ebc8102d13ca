/** When Meta does not plainly accept: what is safe is tried again, what failed says why, and what is uncertain is never repeated. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Message } from '../../src/modules/conversations/contract.ts';
import { newPhone } from '../harness/deliveries.ts';
import type { TestSwitchboard } from '../harness/switchboard.ts';
import { inbox, number, switchboard } from '../harness/with-number.ts';

afterEach(async () => {
  switchboard.simulator.control.setFaults(null);
  await switchboard.settle();
});

type Fault = NonNullable<Parameters<TestSwitchboard['simulator']['control']['setFaults']>[0]>;
const order = (faults: Fault) => switchboard.simulator.control.setFaults(faults);

async function converse(): Promise<{ id: string; phone: string }> {
  const phone = newPhone();
  switchboard.simulator.control.inbound({
    phone_number_id: number.phoneNumberId,
    from: phone,
    text: 'Hello',
  });
  await switchboard.settle();
  return { id: (await inbox.with(phone)).id, phone };
}

/** Sends into a fresh conversation under a fault and lets everything run that can. */
async function sendUnder(faults: Fault): Promise<{ id: string; phone: string }> {
  const conversation = await converse();
  order(faults);
  expect((await inbox.send(conversation.id, 'Did it arrive?')).status).toBe(202);
  await switchboard.settle();
  return conversation;
}

const newest = async (id: string): Promise<Message> => {
  const [message] = await inbox.thread(id);
  if (!message) throw new Error('The thread is empty.');
  return message;
};
const acceptances = (phone: string) => switchboard.simulator.control.messages({ customer: phone }).length;

describe('an error before Meta did anything', () => {
  test.each([
    ['too fast for the number', 130429, 2],
    ['too fast for the pair', 131056, 1],
  ])('(%s) is tried again later and sent once', async (_what, code, times) => {
    const { id, phone } = await sendUnder({ sends: [{ kind: 'graph_error', code, times }] });
    expect(acceptances(phone)).toBe(1);
    expect(await newest(id)).toMatchObject({ status: 'read', error: null });
  });

  test('holds back the later messages of the same conversation, and nobody else’s', async () => {
    const [held, free] = [await converse(), await converse()];
    order({ sends: [{ kind: 'graph_error', code: 130429, times: 1 }] });
    for (const text of ['1', '2', '3']) await inbox.send(held.id, text);
    await inbox.send(free.id, 'Free');
    await switchboard.settle();
    const ledger = switchboard.simulator.control.messages({ customer: held.phone });
    expect(ledger.map(({ body }) => (body as { text: { body: string } }).text.body)).toEqual(['1', '2', '3']);
    expect(acceptances(free.phone)).toBe(1);
  });

  test('of the request itself fails at once and does not hold back the next message', async () => {
    const { id, phone } = await sendUnder({ sends: [{ kind: 'graph_error', code: 131009 }] });
    expect(await newest(id)).toMatchObject({ status: 'failed', error: { code: '131009' } });
    await inbox.send(id, 'Another one');
    await switchboard.settle();
    expect(await newest(id)).toMatchObject({ text: 'Another one', status: 'read' });
    expect(acceptances(phone)).toBe(1);
  });

  test('that shows only as a broken connection counts as uncertain: the request had left', async () => {
    const { id, phone } = await sendUnder({ sends: [{ kind: 'drop_before' }] });
    expect(acceptances(phone)).toBe(0);
    expect((await newest(id)).status).toBe('unknown');
  });
});

test('a failure that Meta reports after accepting is shown with its reason', async () => {
  const { id, phone } = await sendUnder({ sends: [{ kind: 'fail_later', code: 131026 }] });
  expect(acceptances(phone)).toBe(1);
  const message = await newest(id);
  expect(message).toMatchObject({ status: 'failed', error: { code: '131026' } });
  expect(message.wamid).not.toBeNull();
  expect(message.error?.message.length).toBeGreaterThan(20);
});

describe('an answer that leaves open whether Meta took it', () => {
  const uncertain: [string, NonNullable<Fault['sends']>[number]][] = [
    ['a connection that drops after acceptance', { kind: 'drop' }],
    ['an answer without an id', { kind: 'no_id' }],
  ];

  test.each(uncertain)(
    '(%s) is never sent twice, and settled by the status that names it',
    async (_what, fault) => {
      const conversation = await converse();
      order({ sends: [fault], webhooks: { hold: true } });
      await inbox.send(conversation.id, 'Did it arrive?');
      await switchboard.settle();
      expect(await newest(conversation.id)).toMatchObject({ status: 'unknown', wamid: null, error: null });
      expect(acceptances(conversation.phone)).toBe(1);

      order({ sends: [], webhooks: { hold: false } });
      await switchboard.settle();
      const settled = await newest(conversation.id);
      expect(settled.status).toBe('read');
      expect(settled.wamid).toBe(
        switchboard.simulator.control.messages({ customer: conversation.phone })[0]?.['id'],
      );
      expect(acceptances(conversation.phone)).toBe(1);
    },
  );

  test.each<[string, NonNullable<Fault['sends']>[number]]>([
    ['a page instead of JSON', { kind: 'html', http_status: 200 }],
    ['a page of a proxy', { kind: 'html', http_status: 502 }],
    ['200 with nothing in it', { kind: 'http', http_status: 200, body: {} }],
    ['200 with a list', { kind: 'http', http_status: 200, body: [] }],
    ['200 with an empty id', { kind: 'http', http_status: 200, body: { messages: [{ id: '' }] } }],
    ['an error of the server', { kind: 'http', http_status: 500, body: {} }],
    ['Meta’s "something went wrong"', { kind: 'graph_error', code: 131000 }],
    ['Meta’s maintenance', { kind: 'graph_error', code: 131016 }],
  ])('(%s) becomes unknown and stays so', async (_what, fault) => {
    const { id, phone } = await sendUnder({ sends: [fault] });
    expect(await newest(id)).toMatchObject({ status: 'unknown', wamid: null });
    expect(acceptances(phone)).toBe(0);
    await inbox.send(id, 'Next');
    await switchboard.settle();
    expect(await newest(id)).toMatchObject({ text: 'Next', status: 'read' });
    expect(acceptances(phone)).toBe(1);
  });

  test('a repeated request for a message of unknown outcome sends nothing', async () => {
    const conversation = await converse();
    order({ sends: [{ kind: 'http', http_status: 500, body: {} }] });
    await inbox.send(conversation.id, 'Once at most', 'key-unknown');
    await switchboard.settle();
    expect(await inbox.send(conversation.id, 'Once at most', 'key-unknown')).toMatchObject({
      status: 202,
      body: { status: 'unknown' },
    });
    await switchboard.settle();
    expect(acceptances(conversation.phone)).toBe(0);
  });
});

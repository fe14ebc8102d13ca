/**
 * What was sent from here comes back as an echo before anybody knows its wamid: while Meta's answer is on its way, or when it was lost. It
 * ends as one message, the one that was sent, whichever of echo, status and answer comes first.
 */
import { afterEach, expect, test, vi } from 'vitest';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { deliver, envelope, newPhone, statusesChange } from '../harness/deliveries.ts';
import { anyMessage, changeOf, echo, reaction } from '../harness/webhook-kinds.ts';
import { inbox, number, switchboard } from '../harness/with-number.ts';

afterEach(async () => {
  switchboard.simulator.control.setFaults(null);
  await switchboard.settle();
});

/** Longer than it takes to tell something and see it stored. */
const ANSWER_AFTER_MS = 2_500;

type Sent = { conversation: string; phone: string; wamid: string; callbackData: string };

/** Meta has the message, and nobody here knows its wamid. */
async function sendUnder(kind: 'answer_late' | 'drop'): Promise<Sent> {
  const phone = newPhone();
  const { control } = switchboard.simulator;
  control.inbound({ phone_number_id: number.phoneNumberId, from: phone, text: 'Is it there?' });
  await switchboard.settle();
  const { id } = await inbox.with(phone);
  // No step of Meta's comes before the test is over.
  control.setFaults({
    sends: [{ kind, delay_ms: ANSWER_AFTER_MS }],
    webhooks: { hold: true },
  });
  expect((await inbox.send(id, 'It is')).status).toBe(202);
  const accepted = await vi.waitUntil(() => control.messages({ customer: phone })[0], { timeout: 20_000 });
  return {
    conversation: id,
    phone,
    wamid: String(accepted.id),
    callbackData: String(accepted.biz_opaque_callback_data),
  };
}

const itemsLeft = () => countRows(switchboard.database, 'app.webhook_items', `state = 'waiting'`);

/** Posts it and waits until it had its effects, whatever else is under way. */
async function tell(...changes: Parameters<typeof envelope>[0]): Promise<void> {
  await deliver(switchboard.url, envelope(changes));
  const isSplit = async () =>
    (await countRows(switchboard.database, 'app.webhook_deliveries', `state = 'received'`)) === 0;
  await vi.waitUntil(async () => (await isSplit()) && (await itemsLeft()) === 0, { timeout: 20_000 });
}

const echoOf = ({ phone, wamid }: Sent) =>
  changeOf(number.phoneNumberId, 'smb_message_echoes', {
    message_echoes: [echo({ from: { phone }, id: wamid }, 'text', { body: 'It is' })],
  });
const stepOf = ({ phone, wamid, callbackData }: Sent, status: string) =>
  statusesChange(number.phoneNumberId, [{ id: wamid, status, recipient: phone, callbackData }]);

async function release(): Promise<void> {
  switchboard.simulator.control.setFaults(null);
  await switchboard.settle();
}

/** The one message that was sent, as its sender knows it. */
async function expectOne(sent: Sent, status: string): Promise<void> {
  const outbound = (await inbox.thread(sent.conversation)).filter(
    ({ direction }) => direction === 'outbound',
  );
  expect(outbound).toMatchObject([
    { text: 'It is', status, wamid: sent.wamid, sender_name: expect.any(String) as string },
  ]);
  const { last_message: last } = await inbox.with(sent.phone);
  expect(last?.id).toBe(outbound[0]?.id);
  const keys = await queryAsAdmin<{ id: string }>(
    switchboard.database,
    'SELECT message_id AS id FROM message_keys WHERE wamid = $1',
    [sent.wamid],
  );
  expect(keys.map(({ id }) => Number(id))).toEqual([outbound[0]?.id]);
  expect(
    await countRows(switchboard.database, 'outbox', `wamid = '${sent.wamid}' AND state = 'accepted'`),
  ).toBe(1);
}

test('an echo that comes before the answer to the send goes into the message that was sent', async () => {
  const sent = await sendUnder('answer_late');
  await tell(echoOf(sent));
  await release();
  await expectOne(sent, 'read');
});

test('so does one whose steps come before the answer too', async () => {
  const sent = await sendUnder('answer_late');
  await tell(echoOf(sent), stepOf(sent, 'delivered'));
  await release();
  await expectOne(sent, 'read');
});

test('an echo of a send whose answer was lost goes into it with the first step that names our id', async () => {
  const sent = await sendUnder('drop');
  await tell(echoOf(sent));
  expect(await countRows(switchboard.database, 'messages', `wamid = '${sent.wamid}'`)).toBe(1);
  await tell(stepOf(sent, 'sent'));
  await expectOne(sent, 'sent');
});

test('an echo that comes after a step that names our id is no message of its own', async () => {
  const sent = await sendUnder('answer_late');
  await tell(stepOf(sent, 'sent'));
  await tell(echoOf(sent));
  await release();
  await expectOne(sent, 'read');
});

test('what was said about the echo is said about the message', async () => {
  const sent = await sendUnder('answer_late');
  await tell(
    echoOf(sent),
    changeOf(number.phoneNumberId, 'messages', {
      messages: [reaction({ from: { phone: sent.phone } }, sent.wamid, '👍')],
    }),
  );
  await release();
  await expectOne(sent, 'read');
  const [newest] = await inbox.thread(sent.conversation);
  expect(newest?.reactions).toEqual([{ emoji: '👍', by: 'customer' }]);
});

test('a customer’s message under the id that Meta gave a send stays a message of its own', async () => {
  const sent = await sendUnder('answer_late');
  await tell(
    changeOf(number.phoneNumberId, 'messages', {
      messages: [anyMessage({ from: { phone: sent.phone }, id: sent.wamid }, 'text', { body: 'Mine' })],
    }),
  );
  await release();
  expect(await inbox.textsWith(sent.phone)).toEqual(['Is it there?', 'It is', 'Mine']);
});

/** A token that Meta no longer takes pauses sending for its account alone; messages wait, and connecting again lets them go. */
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { Message } from '../../src/modules/conversations/contract.ts';
import type { AccountEventPage, AccountHealth, AccountHealthPage } from '../../src/modules/waba/contract.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { openEventStream } from '../harness/event-stream.ts';
import { inboxOf, type Inbox } from '../harness/inbox.ts';
import { startMailServer, type MailServer, type ReceivedLetter } from '../harness/mail-server.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { hire } from '../harness/people.ts';
import { startTestSwitchboard } from '../harness/switchboard.ts';
import { switchboard } from '../harness/with-switchboard.ts';

let owner: SessionAnswer;
let inbox: Inbox;
let number: ConnectedNumber;

beforeEach(async () => {
  switchboard.simulator.control.setFaults(null);
  owner = await registerOwner(switchboard.url);
  inbox = inboxOf(switchboard.url, owner.access_token);
  number = await connectNumber(switchboard, owner.access_token);
});

async function converse(phoneNumberId = number.phoneNumberId): Promise<{ id: string; phone: string }> {
  const phone = newPhone();
  switchboard.simulator.control.inbound({ phone_number_id: phoneNumberId, from: phone, text: 'Hello' });
  await switchboard.settle();
  return { id: (await inbox.with(phone)).id, phone };
}

async function newest(id: string): Promise<Message> {
  const [message] = await inbox.thread(id);
  if (!message) throw new Error('The thread is empty.');
  return message;
}

async function send(id: string, text: string): Promise<void> {
  expect((await inbox.send(id, text)).status).toBe(202);
  await switchboard.settle();
}

const sentTo = (phone: string) =>
  switchboard.simulator.control
    .messages({ customer: phone })
    .map(({ body }) => (body as { text: { body: string } }).text.body);

function freshToken(): string {
  return switchboard.simulator.control.issueToken({ waba_ids: [number.wabaId] }).access_token;
}

async function connectAgain(person: SessionAnswer, token = freshToken()): Promise<void> {
  const { status } = await request(`${switchboard.url}/api/waba/connect`, {
    token: person.access_token,
    body: { access_token: token, waba_id: number.wabaId },
  });
  expect(status).toBe(200);
  await switchboard.settle();
}

async function healthOf(person: SessionAnswer, wabaId = number.wabaId): Promise<AccountHealth> {
  const url = `${switchboard.url}/api/v1/health/accounts`;
  const { body } = await request<AccountHealthPage>(url, { token: person.access_token });
  const found = body.data.find((account) => account.waba_id === wabaId);
  if (!found) throw new Error('The account is not in the list.');
  return found;
}

test.each([458, 460, 463, 467])(
  'a token refused with 190/%i lets messages wait, in order, until somebody connects',
  async (subcode) => {
    const { id, phone } = await converse();
    switchboard.simulator.control.revokeTokens({ waba_id: number.wabaId, subcode });
    await send(id, 'One');
    await send(id, 'Two');
    expect(sentTo(phone)).toEqual([]);
    const why: unknown = expect.stringMatching(/^(The|Meta) .+\.$/u);
    expect(await inbox.thread(id)).toMatchObject([
      { text: 'Two', status: 'queued', waits: why },
      { text: 'One', status: 'queued', waits: why },
      { direction: 'inbound', waits: null },
    ]);
    expect((await inbox.with(phone)).last_message).toMatchObject({
      text: 'Two',
      status: 'queued',
      waits: why,
    });
    expect(await healthOf(owner)).toMatchObject({
      sending: 'paused',
      severity: 'critical',
      waiting_messages: 1,
    });

    await connectAgain(owner);
    expect(sentTo(phone)).toEqual(['One', 'Two']);
    expect((await inbox.thread(id)).map(({ waits }) => waits)).toEqual([null, null, null]);
    expect(await healthOf(owner)).toMatchObject({ sending: 'on', paused_reason: null, waiting_messages: 0 });
  },
);

test('a screen is told that a message waits which it showed as being sent', async () => {
  const { id } = await converse();
  switchboard.simulator.control.revokeTokens({ waba_id: number.wabaId, subcode: 460 });
  const events = await openEventStream(switchboard.url, owner.access_token);
  await send(id, 'Waits');
  const { data } = await events.next('message.changed');
  events.close();
  expect(await newest(id)).toMatchObject({
    id: (data as { message_id: number }).message_id,
    status: 'queued',
    waits: 'The password of the Meta account was changed.',
  });
});

test('the reason is told in words, on the account and as an event', async () => {
  const { id } = await converse();
  switchboard.simulator.control.revokeTokens({ waba_id: number.wabaId, subcode: 460 });
  await send(id, 'Waits');
  const health = await healthOf(owner);
  expect(health.paused_reason).toBe('The password of the Meta account was changed.');
  expect(health.findings).toContainEqual(
    expect.objectContaining({ check: 'connection', severity: 'critical', fix: 'connect' }),
  );
  const { body } = await request<AccountEventPage>(`${switchboard.url}/api/v1/health/events`, {
    token: owner.access_token,
  });
  expect(body.data[0]).toMatchObject({
    event: 'TOKEN_REFUSED',
    severity: 'critical',
    waba_id: number.wabaId,
  });
});

test('other accounts of the organization go on sending', async () => {
  const colleague = await hire(switchboard, owner);
  const other = await connectNumber(switchboard, colleague.access_token);
  const there = await converse(other.phoneNumberId);
  const here = await converse();
  switchboard.simulator.control.revokeTokens({ waba_id: number.wabaId });
  await send(here.id, 'Waits');
  await send(there.id, 'Leaves');
  expect(sentTo(here.phone)).toEqual([]);
  expect(sentTo(there.phone)).toEqual(['Leaves']);
  expect((await healthOf(owner, other.wabaId)).sending).toBe('on');
});

test('a colleague’s good token is used in place of the refused one', async () => {
  const colleague = await hire(switchboard, owner);
  const { id, phone } = await converse();
  await connectAgain(colleague);
  await connectAgain(owner, number.token);
  switchboard.simulator.control.revokeTokens({ access_token: number.token });
  await send(id, 'By the colleague’s token');
  expect(sentTo(phone)).toEqual(['By the colleague’s token']);
  expect(await healthOf(owner)).toMatchObject({ sending: 'on' });
});

test('what Meta says of the connection pauses and mends it without a new token', async () => {
  const { id, phone } = await converse();
  const tell = async (event: string) => {
    switchboard.simulator.control.accountEvent({
      waba_id: number.wabaId,
      entry_id: '55001',
      field: 'account_update',
      value: { event, waba_info: { waba_id: number.wabaId, owner_business_id: number.businessId } },
      time: Math.floor(Date.now() / 1000) + (event === 'PARTNER_ADDED' ? 2 : 1),
    });
    await switchboard.settle();
  };
  await tell('PARTNER_REMOVED');
  await send(id, 'Waits for Meta');
  expect(sentTo(phone)).toEqual([]);
  expect((await healthOf(owner)).paused_reason).toBe('The business ended the connection at Meta.');
  await tell('PARTNER_ADDED');
  expect(sentTo(phone)).toEqual(['Waits for Meta']);
});

test('an agent without a grant sees that sending is paused, and another organization sees nothing', async () => {
  const agent = await hire(switchboard, owner);
  const { id } = await converse();
  switchboard.simulator.control.revokeTokens({ waba_id: number.wabaId });
  await send(id, 'Waits');
  expect(await healthOf(agent)).toMatchObject({ sending: 'paused' });
  const stranger = await registerOwner(switchboard.url);
  const { body } = await request<AccountHealthPage>(`${switchboard.url}/api/v1/health/accounts`, {
    token: stranger.access_token,
  });
  expect(body.data).toEqual([]);
});

test('owners get a letter about a refused token, with the way to mend it; agents do not', async () => {
  const mail = await startMailServer();
  const mailing = await startTestSwitchboard({ SMTP_URL: mail.url, MAIL_FROM: 'board@example.test' });
  onTestFinished(async () => {
    await mailing.stop();
    await mail.stop();
  });
  const boss = await registerOwner(mailing.url);
  const agent = await hire(mailing, boss);
  const { wabaId } = await connectNumber(mailing, boss.access_token);
  mailing.simulator.control.revokeTokens({ waba_id: wabaId, subcode: 467 });
  await request(`${mailing.url}/api/v1/health/accounts/${wabaId}/check`, {
    method: 'POST',
    token: boss.access_token,
    body: {},
  });
  const letter = await takeAbout(mail, boss.user.email, 'Meta refused an access token');
  expect(letter.subject).toBe('Test account: Meta refused an access token');
  expect(letter.text).toContain(`${mailing.url}/settings/health`);
  expect(mail.letters.filter(({ to }) => to === agent.user.email)).toEqual([]);
});

/** Letters about signing up come to the same address. */
async function takeAbout(mail: MailServer, to: string, subject: string): Promise<ReceivedLetter> {
  for (;;) {
    const letter = await mail.take(to);
    if (letter.subject.includes(subject)) return letter;
  }
}

/** The stream that moves the screens: who hears what, going on after a gap, and ending with the session. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { openEventStream, type EventReader, type StreamEvent } from '../harness/event-stream.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { hire, MEMBER_PASSWORD, signIn } from '../harness/people.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let agent: SessionAnswer;
let colleague: SessionAnswer;
let number: string;
let readers: EventReader[] = [];

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  owner = await registerOwner(switchboard.url);
  agent = await hire(switchboard, owner, 'The agent');
  colleague = await hire(switchboard, owner, 'A colleague');
  number = (await connectNumber(switchboard, owner.access_token)).phoneNumberId;
  await queryAsAdmin(switchboard.database, 'UPDATE whatsapp_configuration SET user_id = $1', [agent.user.id]);
});
afterAll(() => switchboard.stop());
afterEach(() => {
  for (const reader of readers) reader.close();
  readers = [];
});

async function listen(session: SessionAnswer, lastEventId: string | null = null): Promise<EventReader> {
  const reader = await openEventStream(switchboard.url, session.access_token, lastEventId);
  readers.push(reader);
  return reader;
}

async function customerWrites(text = 'Hello'): Promise<void> {
  switchboard.simulator.control.inbound({ phone_number_id: number, from: newPhone(), text });
  await switchboard.settle();
}

const told = (reader: EventReader) =>
  reader.events.filter(({ event }) => !['ready', 'resync'].includes(event));
const idsOf = (events: StreamEvent[]) => events.map(({ id }) => Number(id));

test('a new message is told to its agent and to the owner, with ids and nothing else', async () => {
  const [forAgent, forOwner] = [await listen(agent), await listen(owner)];
  expect(forAgent.status).toBe(200);
  for (const reader of [forAgent, forOwner]) await reader.next('ready');
  await customerWrites('Words that stay in the database');
  for (const reader of [forAgent, forOwner]) {
    const { data } = await reader.next('message.received');
    expect(Object.keys(data).toSorted()).toEqual(['conversation_id', 'message_id']);
    const seen = await request(`${switchboard.url}/api/v1/conversations/${String(data['conversation_id'])}`, {
      token: agent.access_token,
    });
    expect(seen.status).toBe(200);
    expect(JSON.stringify(reader.events)).not.toContain('Words');
  }
});

test('another agent and another organization hear nothing of it, not even that something happened', async () => {
  const stranger = await registerOwner(switchboard.url);
  const [unasked, elsewhere] = [await listen(colleague), await listen(stranger)];
  const insider = await listen(agent);
  for (const reader of [unasked, elsewhere, insider]) await reader.next('ready');
  await customerWrites();
  const { id } = await insider.next('message.received');
  // What is theirs comes after it, so whatever else was meant for them would have come before.
  const theirs = (await connectNumber(switchboard, stranger.access_token)).phoneNumberId;
  switchboard.simulator.control.inbound({
    phone_number_id: theirs,
    from: newPhone(),
    text: 'For the stranger',
  });
  await switchboard.settle();
  const own = await elsewhere.next('message.received');
  expect(Number(own.id)).toBeGreaterThan(Number(id));
  expect(told(unasked)).toEqual([]);
  expect(idsOf(told(elsewhere)).filter((one) => one <= Number(id))).toEqual([]);
});

test('answering, reading and every tick are told in the order in which they happened', async () => {
  const reader = await listen(agent);
  await reader.next('ready');
  await customerWrites();
  const { data } = await reader.next('message.received');
  const id = String(data['conversation_id']);
  await inboxOf(switchboard.url, agent.access_token).send(id, 'Answer');
  await switchboard.settle();
  await request(`${switchboard.url}/api/v1/conversations/${id}/read`, {
    method: 'POST',
    token: agent.access_token,
  });
  await reader.next('conversation.updated');
  const about = told(reader).filter((event) => event.data['conversation_id'] === id);
  expect(about.map(({ event, data: { status } }) => (typeof status === 'string' ? status : event))).toEqual([
    'conversation.created',
    'message.received',
    'message.queued',
    'sending',
    'sent',
    'delivered',
    'read',
    'conversation.updated',
  ]);
  expect(idsOf(told(reader))).toEqual(idsOf(told(reader)).toSorted((a, b) => a - b));
});

test('a reader that comes back goes on where it was: nothing is missing and nothing comes twice', async () => {
  const whole = await listen(agent);
  const start = await whole.next('ready');
  let cursor = start.id;
  const pieces: StreamEvent[] = [];
  for (let round = 0; round < 4; round += 1) {
    await customerWrites(`Round ${String(round)}`);
    const part = await listen(agent, cursor);
    await part.next('ready');
    await part.next('message.received');
    part.close();
    await part.ended;
    pieces.push(...told(part));
    cursor = part.events.at(-1)?.id ?? cursor;
    await customerWrites(`Between ${String(round)}`);
  }
  const rest = await listen(agent, cursor);
  await rest.next('message.received');
  await customerWrites('The last');
  const last = await whole.next('message.received').then(async () => {
    for (let index = 1; index < 9; index += 1) await whole.next('message.received');
    return whole.events.at(-1)?.id;
  });
  while (rest.events.at(-1)?.id !== last) await rest.next('message.received');
  pieces.push(...told(rest));
  expect(pieces).toEqual(told(whole));
  expect(new Set(idsOf(pieces)).size).toBe(pieces.length);
});

test.each(['999999999999', '0'])('a cursor that cannot be gone on from (%s) gets resync', async (cursor) => {
  await queryAsAdmin(
    switchboard.database,
    `INSERT INTO app.settings (name, value) VALUES ('events_forgotten_up_to', '1') ON CONFLICT (name) DO NOTHING`,
  );
  const reader = await listen(agent, cursor);
  const { id } = await reader.next('resync');
  await customerWrites();
  expect(Number((await reader.next('message.received')).id)).toBeGreaterThan(Number(id));
});

test('events of yesterday are forgotten, and who missed them is told to fetch everything anew', async () => {
  await customerWrites('Old');
  const before = await listen(agent);
  const { id } = await before.next('ready');
  await customerWrites('Older than a day by tomorrow');
  await queryAsAdmin(switchboard.database, `UPDATE events SET created_at = now() - interval '25 hours'`);
  await queryAsAdmin(switchboard.database, 'SELECT app.forget_old_events()');
  await (await listen(agent, id)).next('resync');
});

test.each(['abc', '-1', '1.5', '9'.repeat(400), 'null'])(
  'a cursor that is none of ours (%j) starts now',
  async (cursor) => {
    const reader = await listen(agent, cursor);
    expect(reader.status).toBe(200);
    await reader.next('ready');
  },
);

test('signing out ends the open stream within two seconds, and hears nothing more', async () => {
  const session = await signIn(switchboard.url, agent.user.email, MEMBER_PASSWORD);
  const reader = await listen(session);
  await reader.next('ready');
  await request(`${switchboard.url}/api/v1/auth/logout`, { method: 'POST', token: session.access_token });
  await reader.next('session-ended', 2_000);
  await reader.ended;
  await customerWrites('After the end');
  expect(told(reader).map(({ event }) => event)).toEqual(['session-ended']);
});

test('ending a session from another one, or disabling its user, ends its stream too', async () => {
  const temporary = await hire(switchboard, owner);
  const [one, other] = [temporary, await signIn(switchboard.url, temporary.user.email, MEMBER_PASSWORD)];
  const [first, second] = [await listen(one), await listen(other)];
  for (const reader of [first, second]) await reader.next('ready');
  const { body } = await request<{ data: { id: string; current: boolean }[] }>(
    `${switchboard.url}/api/v1/auth/sessions`,
    { token: other.access_token },
  );
  const id = body.data.find(({ current }) => !current)?.id ?? '';
  await request(`${switchboard.url}/api/v1/auth/sessions/${id}`, {
    method: 'DELETE',
    token: other.access_token,
  });
  await first.next('session-ended', 2_000);
  await queryAsAdmin(switchboard.database, 'UPDATE users SET disabled_at = now() WHERE id = $1', [
    temporary.user.id,
  ]);
  await second.next('session-ended', 2_000);
});

test('without any notification of the database news still arrives within three seconds', async () => {
  const reader = await listen(agent);
  await reader.next('ready');
  await queryAsAdmin(
    switchboard.database,
    `INSERT INTO events (organization_id, agent_id, type, data) VALUES ($1, $2, 'message.received', '{"message_id": 1}')`,
    [owner.organization.id, agent.user.agent?.id],
  );
  expect((await reader.next('message.received', 3_000)).data).toEqual({ message_id: 1 });
});

test('a stream needs a session, and is never cached', async () => {
  expect((await request(`${switchboard.url}/api/v1/events`)).status).toBe(401);
  const answer = await fetch(`${switchboard.url}/api/v1/events`, {
    headers: { authorization: `Bearer ${agent.access_token}` },
  });
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  await answer.body?.cancel();
});

test('one person has twenty streams at most, whichever sessions they are of; who closes one may open another', async () => {
  const eager = await hire(switchboard, owner);
  const again = await signIn(switchboard.url, eager.user.email, MEMBER_PASSWORD);
  const open = await Promise.all(Array.from({ length: 20 }, (_, n) => listen(n % 2 === 0 ? eager : again)));
  expect(open.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  const refused = await request<{ code: string; detail: string }>(`${switchboard.url}/api/v1/events`, {
    token: eager.access_token,
  });
  expect(refused).toMatchObject({ status: 429, body: { code: 'conversations.too_many_streams' } });
  expect((await listen(colleague)).status).toBe(200);
  open[0]?.close();
  await expect.poll(async () => (await listen(again)).status).toBe(200);
  await customerWrites();
});

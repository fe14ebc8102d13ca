/** Colleagues: who sees whom, who may change whose rights, what becomes of a leaver's customers, and how fast a disabled person is out. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { PeoplePage } from '../../src/modules/people/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { deliver, envelope, newPhone, textChange } from '../harness/deliveries.ts';
import { openEventStream } from '../harness/event-stream.ts';
import { inboxOf } from '../harness/inbox.ts';
import { peopleCallsOf } from '../harness/people-calls.ts';
import { hire, MEMBER_PASSWORD, signIn } from '../harness/people.ts';
import { letTo } from '../harness/rentals.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let agent: SessionAnswer;
let stranger: SessionAnswer;

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  owner = await registerOwner(switchboard.url, 'Olga Owner');
  agent = await hire(switchboard, owner, 'Arno Agent');
  stranger = await registerOwner(switchboard.url, 'Stella Stranger');
});
afterAll(() => switchboard.stop());

const as = ({ access_token }: SessionAnswer) => peopleCallsOf(switchboard.url, access_token);
const rowOf = async ({ user }: SessionAnswer) =>
  (await queryAsAdmin(switchboard.database, 'SELECT * FROM users WHERE id = $1', [user.id]))[0];

describe('the list', () => {
  test('shows an owner everybody with their state, and an agent the names of those who work here', async () => {
    const gone = await hire(switchboard, owner, 'Zoe Gone');
    await as(owner).change(gone.user.id, { disabled: true });
    const full = (await as(owner).list()).body.data;
    expect(full.map(({ name, disabled, email }) => [name, disabled, email !== null])).toEqual([
      ['Arno Agent', false, true],
      ['Olga Owner', false, true],
      ['Zoe Gone', true, true],
    ]);
    const names = (await as(agent).list()).body.data;
    expect(names.map(({ name, email, role, verified }) => [name, email, role, verified])).toEqual([
      ['Arno Agent', null, null, null],
      ['Olga Owner', null, null, null],
    ]);
  });

  test('comes in pages without a gap', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: PeoplePage = (await as(owner).list(`?limit=1${cursor ? `&cursor=${cursor}` : ''}`)).body;
      seen.push(...page.data.map(({ name }) => name));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual((await as(owner).list()).body.data.map(({ name }) => name));
  });
});

describe('changing rights', () => {
  test('an owner makes an owner; the new one may, and loses it again', async () => {
    const mate = await hire(switchboard, owner, 'Mate');
    expect((await as(mate).change(agent.user.id, { name: 'Mine' })).status).toBe(403);
    const raised = await as(owner).change(mate.user.id, { is_owner: true });
    expect([raised.status, raised.body.is_owner]).toEqual([200, true]);
    expect((await as(mate).change(agent.user.id, { name: 'Arno A. Agent' })).body.name).toBe('Arno A. Agent');
    await as(owner).change(mate.user.id, { is_owner: false });
    expect((await as(mate).change(agent.user.id, { name: 'Mine' })).status).toBe(403);
    await as(owner).remove(mate.user.id);
  });

  test('only an admin gives the role of admin, however much an owner wants it', async () => {
    const ownerElsewhere = await registerOwner(switchboard.url);
    const mate = await hire(switchboard, ownerElsewhere, 'Mate');
    for (const id of [mate.user.id, ownerElsewhere.user.id]) {
      const { status, body } = await as(ownerElsewhere).change(id, { role: 'admin' });
      expect([status, body.code]).toEqual([403, 'people.not_admin']);
    }
    // The first user of the install is its admin.
    const raised = await as(owner).change(agent.user.id, { role: 'admin' });
    expect(raised.body.role).toBe('admin');
    expect((await as(owner).change(agent.user.id, { role: 'agent' })).body.role).toBe('agent');
  });

  test('the last owner stays owner, the last admin admin, and nobody locks themselves out', async () => {
    const me = owner.user.id;
    const codes = [];
    for (const patch of [{ is_owner: false }, { role: 'agent' }, { disabled: true }])
      codes.push((await as(owner).change(me, patch)).body.code);
    codes.push((await as(owner).remove(me)).body.code);
    expect(codes).toEqual(['people.last_owner', 'people.last_admin', 'people.self', 'people.self']);
  });

  test('two owners who take each other’s rights away at once do not leave nobody', async () => {
    const first = await registerOwner(switchboard.url);
    const second = await hire(switchboard, first, 'Second');
    await as(first).change(second.user.id, { is_owner: true });
    const answers = await Promise.all([
      as(first).change(second.user.id, { is_owner: false }),
      as(second).change(first.user.id, { is_owner: false }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    expect(
      await countRows(
        switchboard.database,
        'users',
        `organization_id = '${first.organization.id}' AND is_owner`,
      ),
    ).toBe(1);
  });

  test('an old sign-in gives no rights until it is confirmed', async () => {
    await queryAsAdmin(
      switchboard.database,
      "UPDATE sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = $1",
      [owner.user.id],
    );
    expect((await as(owner).change(agent.user.id, { is_owner: true })).body.code).toBe('auth.sign_in_again');
    expect((await as(owner).remove(agent.user.id)).body.code).toBe('auth.sign_in_again');
    expect((await as(owner).change(agent.user.id, { name: 'Arno Agent' })).status).toBe(200);
    await queryAsAdmin(
      switchboard.database,
      'UPDATE sessions SET authenticated_at = now() WHERE user_id = $1',
      [owner.user.id],
    );
  });

  test('another organization’s people are not there, for reading or for changing', async () => {
    for (const answer of [
      await as(stranger).change(agent.user.id, { name: 'Taken' }),
      await as(stranger).remove(agent.user.id),
      await as(owner).change('not-an-id', { name: 'Nobody' }),
    ])
      expect(answer.status).toBe(404);
    expect(JSON.stringify((await as(stranger).list()).body)).not.toContain('Arno');
  });

  test.each([
    { organization_id: 'org_other' },
    { id: '00000000-0000-4000-8000-000000000000' },
    { verified: true },
    { email: 'taken@example.test' },
    { is_admin: true, name: 'Sneaky' },
    { created_at: '2020-01-01T00:00:00Z' },
    { disabled_at: null },
    { role: 'owner' },
    {},
  ])('what is not offered changes nothing: %j', async (body) => {
    const before = await rowOf(agent);
    expect((await as(owner).change(agent.user.id, body)).status).toBe(400);
    expect(await rowOf(agent)).toEqual(before);
  });
});

describe('disabling', () => {
  test('ends sessions and open streams within two seconds, and keys at once', async () => {
    const leaver = await hire(switchboard, owner, 'Leaver');
    const { key } = (
      await as(leaver).makeKey({ name: 'script', scopes: ['self:read', 'conversations:read'] })
    ).body;
    const streams = [leaver.access_token, key].map((token) => openEventStream(switchboard.url, token));
    const readers = await Promise.all(streams);
    for (const reader of readers) await reader.next('ready');
    const begun = Date.now();
    expect((await as(owner).change(leaver.user.id, { disabled: true })).body.disabled).toBe(true);
    await Promise.all(readers.map((reader) => reader.ended));
    expect(Date.now() - begun).toBeLessThan(2_000);
    for (const token of [leaver.access_token, key])
      expect((await peopleCallsOf(switchboard.url, token).me()).status).toBe(401);
    await expect(signIn(switchboard.url, leaver.user.email, MEMBER_PASSWORD)).rejects.toThrow('401');
  });

  test('is undone by enabling: the person signs in again, the old session stays over', async () => {
    const back = await hire(switchboard, owner, 'Comes Back');
    await as(owner).change(back.user.id, { disabled: true });
    await as(owner).change(back.user.id, { disabled: false });
    expect((await as(back).me()).status).toBe(401);
    expect((await signIn(switchboard.url, back.user.email, MEMBER_PASSWORD)).user.name).toBe('Comes Back');
  });
});

describe('deleting', () => {
  test('somebody who has nothing takes their tables along, and whoever they brought in stays', async () => {
    const other = await registerOwner(switchboard.url);
    const second = await hire(switchboard, other, 'Second');
    await as(other).change(second.user.id, { is_owner: true });
    const third = await hire(switchboard, second, 'Third');
    expect((await as(other).remove(second.user.id)).status).toBe(204);
    expect((await as(second).me()).status).toBe(401);
    expect((await as(third).me()).status).toBe(200);
    const prefix = second.user.agent?.prefix ?? '';
    expect(await countRows(switchboard.database, 'pg_class', `relname LIKE '${prefix}%'`)).toBe(0);
    expect((await as(other).remove(second.user.id)).status).toBe(404);
  });

  test('somebody who has customers is kept until a colleague takes over, who then has everything, once', async () => {
    const desk = await openRoutingDesk(switchboard);
    await desk.answersOn(desk.owner, null);
    const giver = await hire(switchboard, desk.owner, 'Gives');
    const taker = await hire(switchboard, desk.owner, 'Takes');
    const [shared, alone] = [newPhone(), newPhone()];
    const other = await desk.addNumber();
    await desk.answersOn(taker, desk.dedicated);
    await desk.write(desk.dedicated, { phone: shared }, 'to the taker');
    await desk.answersOn(taker, null);
    await desk.answersOn(giver, other);
    await desk.write(other, { phone: shared }, 'shared customer, other number');
    await desk.write(other, { phone: alone, name: 'Only Hers' }, 'first of two');
    await desk.write(other, { phone: alone, name: 'Only Hers' }, 'second of two');
    // The same customer on the same number with both: the two conversations become one.
    await queryAsAdmin(
      switchboard.database,
      `UPDATE conversations SET phone_number_id = $1 WHERE phone_number_id = $2 AND customer_id =
      (SELECT id FROM customers WHERE phone = $3 AND agent_id = $4)`,
      [desk.dedicated, other, shared, giver.user.agent?.id],
    );
    await letTo(switchboard, giver, newPhone());
    await inboxOf(switchboard.url, giver.access_token).send(
      (await inboxOf(switchboard.url, giver.access_token).with('Only Hers')).id,
      'my answer',
    );
    await switchboard.settle();

    const refused = await as(desk.owner).remove(giver.user.id);
    expect([refused.status, refused.body.code, refused.body.details]).toEqual([
      409,
      'people.holds_customers',
      { customers: 2, conversations: 2, renters: 1 },
    ]);
    const badTaker = await as(desk.owner).remove(giver.user.id, agent.user.id);
    expect([badTaker.status, badTaker.body.code]).toEqual([409, 'people.no_taker']);
    const before = (await inboxOf(switchboard.url, desk.owner.access_token).texts()).toSorted();

    const stream = await openEventStream(switchboard.url, taker.access_token);
    await stream.next('ready');
    expect((await as(desk.owner).remove(giver.user.id, taker.user.id)).status).toBe(204);
    await stream.next('resync');
    stream.close();
    const inbox = inboxOf(switchboard.url, taker.access_token);
    expect((await inbox.textsWith('Only Hers')).toSorted()).toEqual([
      'first of two',
      'my answer',
      'second of two',
    ]);
    expect(await inbox.textsWith(shared)).toEqual(['to the taker', 'shared customer, other number']);
    expect((await inbox.texts()).toSorted()).toEqual(before);
    expect(await countRows(switchboard.database, 'rental.tenants', `user_id = '${taker.user.id}'`)).toBe(1);

    // What comes now finds the new owner, in the same conversation.
    const next = await desk.write(other, { phone: alone, name: 'Only Hers' }, 'third');
    expect([next.rule, next.user_id]).toEqual(['conversation', taker.user.id]);
    expect(await inbox.textsWith('Only Hers')).toHaveLength(4);
  });

  test('two agents of one shared pool hand over just the same', async () => {
    const desk = await openRoutingDesk(switchboard);
    await desk.answersOn(desk.owner, null);
    const giver = await hire(switchboard, desk.owner, 'Pooled');
    const taker = await hire(switchboard, desk.owner, 'Neighbour');
    for (const { user } of [giver, taker])
      await queryAsAdmin(
        switchboard.database,
        'SET ROLE switchboard_owner; SELECT public.move_agent(' + String(user.agent?.id) + ', -5)',
      );
    await desk.answersOn(giver, desk.dedicated);
    await desk.write(desk.dedicated, { phone: newPhone() }, 'in the pool');
    expect((await as(desk.owner).remove(giver.user.id, taker.user.id)).status).toBe(204);
    expect(await desk.textsOf(taker)).toEqual(['in the pool']);
  });

  test('messages that come while somebody is deleted are lost to nobody', async () => {
    const desk = await openRoutingDesk(switchboard);
    await desk.answersOn(desk.owner, null);
    const giver = await hire(switchboard, desk.owner, 'Busy');
    const taker = await hire(switchboard, desk.owner, 'Next');
    await desk.answersOn(giver, desk.dedicated);
    const phone = newPhone();
    const texts = Array.from({ length: 30 }, (_, n) => `line ${String(n)}`);
    await desk.write(desk.dedicated, { phone }, 'opening');
    const writing = texts.map((text) =>
      deliver(switchboard.url, envelope([textChange(desk.dedicated, { from: { phone }, text })])),
    );
    await Promise.all(writing.slice(0, 10));
    const removal = await as(desk.owner).remove(giver.user.id, taker.user.id);
    await Promise.all(writing);
    await switchboard.settle();
    expect(removal.status).toBe(204);
    const stored = await queryAsAdmin<{ message: string }>(
      switchboard.database,
      'SELECT message FROM messages WHERE organization_id = $1',
      [desk.owner.organization.id],
    );
    expect(stored.map(({ message }) => message).toSorted()).toEqual(['opening', ...texts].toSorted());
  });

  test('somebody who answers waits for the home before anything else is held', async () => {
    const desk = await openRoutingDesk(switchboard);
    await desk.write(desk.dedicated, { phone: newPhone() });
    const agentId = desk.owner.user.agent?.id;
    const [conversation] = await queryAsAdmin<{ id: string }>(
      switchboard.database,
      'SELECT id FROM conversations WHERE agent_id = $1',
      [agentId],
    );
    const id = conversation?.id ?? '';
    const deleting = new pg.Client(switchboard.database.adminUrl);
    await deleting.connect();
    onTestFinished(() => deleting.end());
    await deleting.query('BEGIN');
    await deleting.query(`SELECT pg_advisory_xact_lock(hashtextextended('switchboard.home.' || $1, 0))`, [
      agentId,
    ]);
    const answer = request(`${switchboard.url}/api/v1/conversations/${id}/messages`, {
      token: desk.owner.access_token,
      headers: { 'idempotency-key': 'while-somebody-leaves' },
      body: { type: 'text', text: 'On my way.' },
    });
    await expect
      .poll(() =>
        queryAsAdmin(
          switchboard.database,
          `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        ),
      )
      .toHaveLength(1);
    await deleting.query('SELECT FROM conversations WHERE id = $1 FOR UPDATE NOWAIT', [id]);
    await deleting.query('COMMIT');
    expect((await answer).status).toBe(202);
  });

  test('whoever alone connects an account stays until somebody else has connected it', async () => {
    const desk = await openRoutingDesk(switchboard);
    const second = await hire(switchboard, desk.owner, 'Second');
    await as(desk.owner).change(second.user.id, { is_owner: true });
    const refused = await as(second).remove(desk.owner.user.id);
    expect([refused.status, refused.body.code]).toEqual([409, 'people.only_connection']);
  });
});

test('every change of rights stands in the audit', async () => {
  const audited = await queryAsAdmin<{ action: string }>(
    switchboard.database,
    'SELECT DISTINCT action FROM audit_events WHERE organization_id = $1 ORDER BY 1',
    [owner.organization.id],
  );
  expect(audited.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['api_key.created', 'person.changed', 'person.removed']),
  );
});

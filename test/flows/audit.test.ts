/** The audit: who did what, read page by page by those whom it concerns, written by nobody, and telling when it was tampered with. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { AuditCheck, AuditEvent, AuditPage } from '../../src/modules/organizations/contract-audit.ts';
import { recordAudit } from '../../src/modules/organizations/record-audit.ts';
import { withRole } from '../../src/platform/db/connection.ts';
import { asUser, asWorker } from '../../src/platform/db/tx.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request, type Answer } from '../harness/api.ts';
import { hire } from '../harness/people.ts';
import { TEST_PASSWORDS } from '../harness/secrets.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let admin: SessionAnswer;
let owner: SessionAnswer;
beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  admin = await registerOwner(switchboard.url);
});
afterAll(() => switchboard.stop());
beforeEach(async () => {
  owner = await registerOwner(switchboard.url);
});

function read<T = AuditPage>(path: string, who: SessionAnswer = owner): Promise<Answer<T>> {
  return request<T>(`${switchboard.url}/api/v1${path}`, { token: who.access_token });
}
const events = async (): Promise<AuditEvent[]> => (await read('/organization/audit')).body.data;

/** Makes an event by an act that is audited. */
async function act(times = 1): Promise<void> {
  await request(`${switchboard.url}/api/v1/tenant/config`, {
    token: owner.access_token,
    body: { fb_app_id: '1' },
  });
  for (let n = 1; n < times; n++)
    await request(`${switchboard.url}/api/v1/tenant/config`, {
      method: 'PUT',
      token: owner.access_token,
      body: { fb_app_id: String(n) },
    });
}

test('says who did what, when, with which session, and no secret', async () => {
  await act();
  const [event] = await events();
  const [session] = await queryAsAdmin<{ id: string }>(
    switchboard.database,
    'SELECT id FROM sessions WHERE user_id = $1',
    [owner.user.id],
  );
  expect(event).toMatchObject({
    actor: 'user',
    user: { id: owner.user.id, name: owner.user.name },
    via: 'session',
    via_id: session?.id,
    action: 'configuration.created',
    subject: { kind: 'configuration' },
    details: { fields: ['fb_app_id'] },
  });
  expect(Math.abs(Date.parse(event?.occurred_at ?? '') - Date.now())).toBeLessThan(60_000);
});

test('masks a secret that somebody wrote into the details by mistake', async () => {
  const actor = { userId: owner.user.id, organizationId: owner.organization.id };
  await asUser(switchboard.app, actor, (tx) =>
    recordAudit(tx, {
      action: 'test.mistake',
      subject: { kind: 'test', id: null },
      details: { access_token: 'EAAcanaryTokenThatMustNotStay', kept: 'a word' },
    }),
  );
  expect((await events())[0]?.details).toEqual({ access_token: '[masked]', kept: 'a word' });
});

test('is gone with the transaction that it belongs to', async () => {
  const actor = { userId: owner.user.id, organizationId: owner.organization.id };
  await expect(
    asUser(switchboard.app, actor, async (tx) => {
      await recordAudit(tx, { action: 'test.undone', subject: { kind: 'test', id: null } });
      throw new Error('undone');
    }),
  ).rejects.toThrow('undone');
  expect((await events()).map(({ action }) => action)).not.toContain('test.undone');
});

test('names a job as a worker, in the organization it works for', async () => {
  await asWorker(switchboard.app, owner.organization.id, (tx) =>
    recordAudit(tx, { action: 'test.by-a-job', subject: { kind: 'test', id: '1' } }),
  );
  expect((await events())[0]).toMatchObject({ actor: 'worker', user: null, via: null });
});

test('is read page by page, newest first, and a page that is none is refused', async () => {
  await act(5);
  const first = (await read('/organization/audit?limit=3')).body;
  const second = (await read(`/organization/audit?limit=3&cursor=${first.next_cursor ?? ''}`)).body;
  const ids = [...first.data, ...second.data].map(({ id }) => Number(id));
  expect(ids).toHaveLength(5);
  expect(ids).toEqual(ids.toSorted((a, b) => b - a));
  expect(second.next_cursor).toBeNull();
  for (const query of ['limit=0', 'limit=201', 'cursor=x', 'cursor=-1', 'other=1'])
    expect((await read(`/organization/audit?${query}`)).status, query).toBe(400);
});

test('is for owners; each reads their own, an admin of the install everybody’s', async () => {
  await act();
  const agent = await hire(switchboard, owner);
  expect((await read('/organization/audit', agent)).status).toBe(403);
  const stranger = await registerOwner(switchboard.url);
  expect(JSON.stringify((await read('/organization/audit', stranger)).body)).not.toContain(owner.user.id);
  const all = await read<{ data: { organization: { id: string } }[] }>('/admin/audit?limit=200', admin);
  expect(all.body.data.map(({ organization }) => organization.id)).toContain(owner.organization.id);
  expect((await read('/admin/audit')).status).toBe(403);
});

test('many at once stand one behind the other', async () => {
  await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      asWorker(switchboard.app, owner.organization.id, (tx) =>
        recordAudit(tx, { action: 'test.at-once', subject: { kind: 'test', id: String(n) } }),
      ),
    ),
  );
  expect((await read<AuditCheck>('/organization/audit/check')).body).toEqual({ is_whole: true, broken: [] });
  expect((await events()).filter(({ action }) => action === 'test.at-once')).toHaveLength(12);
});

describe('T34: tampering', () => {
  const broken = async () => (await read<AuditCheck>('/organization/audit/check')).body.broken;
  const tamper = (statement: string) =>
    queryAsAdmin(switchboard.database, statement, [owner.organization.id]);

  test.each(['switchboard_app', 'switchboard_worker'] as const)(
    '%s may neither change, remove nor add',
    async (role) => {
      await act();
      const password = role === 'switchboard_app' ? TEST_PASSWORDS.app : TEST_PASSWORDS.worker;
      const client = new pg.Client(withRole(switchboard.database.adminUrl, role, password));
      await client.connect();
      try {
        for (const statement of [
          `UPDATE audit_events SET user_name = 'x'`,
          'DELETE FROM audit_events',
          'TRUNCATE audit_events',
          `INSERT INTO audit_events (organization_id) VALUES ('x')`,
          'SELECT * FROM app.audit_heads',
        ])
          await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      } finally {
        await client.end();
      }
    },
  );

  test('one changed letter is found', async () => {
    await act(3);
    expect(await broken()).toEqual([]);
    await tamper(
      `UPDATE audit_events SET details = '{"fields":["another"]}' WHERE organization_id = $1 AND position = 2`,
    );
    expect(await broken()).toEqual([{ organization_id: owner.organization.id, position: 2 }]);
    expect((await read<AuditCheck>('/admin/audit/check', admin)).body.is_whole).toBe(false);
  });

  test('an event that was taken out is found, also the last', async () => {
    await act(4);
    await tamper('DELETE FROM audit_events WHERE organization_id = $1 AND position = 2');
    expect(await broken()).toEqual([{ organization_id: owner.organization.id, position: 3 }]);
    await tamper('DELETE FROM audit_events WHERE organization_id = $1 AND position = 4');
    expect(await broken()).toContainEqual({ organization_id: owner.organization.id, position: 4 });
  });
});

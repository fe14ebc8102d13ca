/** Joining by invitation: a link that works once, by mail or by hand, and that tells outsiders nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { startMailServer, type MailServer } from '../harness/mail-server.ts';
import { peopleCallsOf, tokenOf } from '../harness/people-calls.ts';
import { hire } from '../harness/people.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let mail: MailServer;
let posting: TestSwitchboard;
let silent: TestSwitchboard;
let owner: SessionAnswer;

const PASSWORD = 'seven quiet herons wade';
const guest = () => peopleCallsOf(silent.url, null);
const as = ({ access_token }: SessionAnswer, switchboard = silent) =>
  peopleCallsOf(switchboard.url, access_token);
const newcomer = (token: string) => ({ token, name: 'Nora New', password: PASSWORD });

beforeAll(async () => {
  mail = await startMailServer();
  [silent, posting] = await Promise.all([
    startTestSwitchboard({ REGISTRATION: 'closed' }),
    startTestSwitchboard({ SMTP_URL: mail.url, MAIL_FROM: 'Switchboard <inbox@example.test>' }),
  ]);
  owner = await registerOwner(silent.url, 'Olga Owner');
});
afterAll(async () => {
  await Promise.all([silent.stop(), posting.stop()]);
  await mail.stop();
});

describe('without a mail server', () => {
  test('the owner hands the link over; it says who invites, signs in, and works once', async () => {
    const sent = (await as(owner).invite({ email: 'Nora@Example.test', name: 'Nora' })).body;
    expect(sent.link).toMatch(/\/invitation#[A-Za-z0-9_-]{43}$/);
    const token = tokenOf(sent.link);
    const read = (await guest().read(token)).body;
    expect([read.organization_name, read.inviter_name, read.email, read.name]).toEqual([
      owner.organization.name,
      'Olga Owner',
      'Nora@Example.test',
      'Nora',
    ]);
    const joined = await guest().accept(newcomer(token));
    expect(joined.status).toBe(201);
    expect(joined.headers.getSetCookie().join()).toContain('__Host-session');
    const me = (await as(joined.body).me()).body;
    expect([me.user.name, me.user.is_owner, me.user.verified, me.organization.id]).toEqual([
      'Nora New',
      false,
      // No letter could be sent: the owner answers for them.
      true,
      owner.organization.id,
    ]);
    expect(me.user.agent).not.toBeNull();
    expect((await as(owner).invitations()).body.data).toEqual([]);
    for (const answer of [await guest().read(token), await guest().accept(newcomer(token))])
      expect([answer.status, answer.body.code]).toEqual([404, 'people.invitation_not_open']);
    // Neither link nor token was kept or logged.
    expect(silent.logLines.join('\n')).not.toContain(token);
    expect(await countRows(silent.database, 'audit_events', `details::text LIKE '%${token}%'`)).toBe(0);
  });

  test('a link used by two at once makes one person', async () => {
    const { link } = (await as(owner).invite({ email: 'twice@example.test', name: 'Twice' })).body;
    const answers = await Promise.all([1, 2, 3].map(() => guest().accept(newcomer(tokenOf(link)))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 404, 404]);
    expect(await countRows(silent.database, 'users', "email = 'twice@example.test'")).toBe(1);
  });

  test('resending replaces the link, withdrawing ends it, and seven days are the end of it', async () => {
    const first = (await as(owner).invite({ email: 'later@example.test', name: 'Later' })).body;
    const second = (await as(owner).resend(first.invitation.id)).body;
    expect((await guest().read(tokenOf(first.link))).status).toBe(404);
    expect((await guest().read(tokenOf(second.link))).status).toBe(200);
    // Asked again under another spelling: still one invitation.
    const third = (await as(owner).invite({ email: 'LATER@example.test', name: 'Later' })).body;
    expect(third.invitation.id).toBe(first.invitation.id);
    expect((await guest().read(tokenOf(second.link))).status).toBe(404);
    await queryAsAdmin(silent.database, "UPDATE invitations SET expires_at = now() - interval '1 second'");
    expect((await guest().accept(newcomer(tokenOf(third.link)))).status).toBe(404);
    const [pending] = (await as(owner).invitations()).body.data;
    expect([pending?.email, pending?.expired]).toEqual(['later@example.test', true]);
    const fourth = (await as(owner).resend(first.invitation.id)).body;
    expect((await as(owner).withdraw(first.invitation.id)).status).toBe(204);
    expect((await guest().read(tokenOf(fourth.link))).status).toBe(404);
    expect((await as(owner).withdraw(first.invitation.id)).status).toBe(404);
  });

  test('an owner can invite an owner', async () => {
    const { link } = (await as(owner).invite({ email: 'second@example.test', name: 'S', is_owner: true }))
      .body;
    const joined = (await guest().accept(newcomer(tokenOf(link)))).body;
    expect(joined.permissions).toContain('organization:manage');
  });

  test('mail cannot be asked for', async () => {
    const { status, body } = await as(owner).invite({ email: 'm@example.test', name: 'M', delivery: 'mail' });
    expect([status, body.code]).toEqual([409, 'people.no_mail']);
  });
});

describe('an address that has an account', () => {
  test('in this organization is said at once; elsewhere it looks like any other until the link is used', async () => {
    const known = await as(owner).invite({ email: owner.user.email.toUpperCase(), name: 'Me' });
    expect([known.status, known.body.code]).toEqual([409, 'people.already_colleague']);

    const elsewhere = await registerOwner(posting.url);
    const inviter = await registerOwner(posting.url);
    const [taken, free] = await Promise.all(
      [elsewhere.user.email, 'free@example.test'].map((email) =>
        as(inviter, posting).invite({ email, name: 'Somebody', delivery: 'link' }),
      ),
    );
    expect([taken?.status, Object.keys(taken?.body ?? {})]).toEqual([
      free?.status,
      Object.keys(free?.body ?? {}),
    ]);
    const stranger = peopleCallsOf(posting.url, null);
    const token = tokenOf(taken?.body.link ?? null);
    expect((await stranger.read(token)).status).toBe(200);
    const refused = await stranger.accept(newcomer(token));
    expect([refused.status, refused.body.code]).toEqual([409, 'people.email_has_account']);
    expect((await as(elsewhere, posting).me()).body.organization.id).toBe(elsewhere.organization.id);
    // Nothing was used up: the owner may still withdraw it.
    expect((await as(inviter, posting).invitations()).body.data).toHaveLength(2);
  });
});

describe('with a mail server', () => {
  test('the link goes to the address alone, and accepting confirms it', async () => {
    const inviter = await registerOwner(posting.url, 'Ines Inviter');
    const sent = (await as(inviter, posting).invite({ email: 'lena@example.test', name: 'Lena' })).body;
    expect([sent.link, sent.invitation.by_mail]).toEqual([null, true]);
    const letter = await mail.take('lena@example.test');
    expect(letter.subject).toBe(`Ines Inviter invites you to ${inviter.organization.name}`);
    const token = /#([A-Za-z0-9_-]{43})/.exec(letter.text)?.[1] ?? '';
    await posting.settle();
    expect((await as(inviter, posting).invitations()).body.data[0]?.mailed).toBe(true);
    const joined = await peopleCallsOf(posting.url, null).accept(newcomer(token));
    expect([joined.status, joined.body.user.verified]).toEqual([201, true]);
  });

  test('a letter that is not taken at first is written again, and the owner can have the link instead', async () => {
    const inviter = await registerOwner(posting.url);
    mail.refuse(true);
    const sent = (await as(inviter, posting).invite({ email: 'slow@example.test', name: 'Slow' })).body;
    const [pending] = (await as(inviter, posting).invitations()).body.data;
    expect(pending?.mailed).toBe(false);
    mail.refuse(false);
    const byHand = (await as(inviter, posting).resend(sent.invitation.id, { delivery: 'link' })).body;
    const joined = await peopleCallsOf(posting.url, null).accept(newcomer(tokenOf(byHand.link)));
    // The link went through other hands, so it proves nothing about the mailbox.
    expect([joined.status, joined.body.user.verified]).toEqual([201, false]);
  });
});

describe('refusals', () => {
  test('who is no owner neither invites nor sees who was invited; another organization’s invitation is not there', async () => {
    const agent = await hire(silent, owner);
    const { invitation } = (await as(owner).invite({ email: 'x@example.test', name: 'X' })).body;
    for (const answer of [
      await as(agent).invite({ email: 'y@example.test', name: 'Y' }),
      await as(agent).invitations(),
      await as(agent).resend(invitation.id),
      await as(agent).withdraw(invitation.id),
    ])
      expect(answer.status).toBe(403);
    const [foreign] = await Promise.all([registerOwner(posting.url)]);
    const theirs = (
      await as(foreign, posting).invite({ email: 'z@example.test', name: 'Z', delivery: 'link' })
    ).body;
    const other = await registerOwner(posting.url);
    for (const answer of [
      await as(other, posting).resend(theirs.invitation.id),
      await as(other, posting).withdraw(theirs.invitation.id),
      await as(other, posting).withdraw('not-an-id'),
    ])
      expect(answer.status).toBe(404);
    expect((await as(other, posting).invitations()).body.data).toEqual([]);
    await as(owner).withdraw(invitation.id);
  });

  test.each([
    { email: 'no address', name: 'N' },
    { email: 'n@example.test' },
    { email: 'n@example.test', name: '  ' },
    { email: 'n@example.test', name: 'N', organization_id: 'org_other' },
    { email: 'n@example.test', name: 'N', role: 'admin' },
    { email: 'n@example.test', name: 'N', verified: true },
    { email: 'n@example.test', name: 'N', is_owner: 'yes' },
    { email: 'n@example.test', name: 'N', delivery: 'pigeon' },
  ])('an invitation of another shape is refused: %j', async (body) => {
    expect((await as(owner).invite(body)).status).toBe(400);
    expect(await countRows(silent.database, 'invitations', "email = 'n@example.test'")).toBe(0);
  });

  test('accepting takes a good password and nothing that was not asked for', async () => {
    const { link } = (await as(owner).invite({ email: 'strict@example.test', name: 'Strict' })).body;
    const token = tokenOf(link);
    const codes = [];
    for (const extra of [
      { password: 'short' },
      { password: 'password12' },
      { is_owner: true },
      { role: 'admin' },
      { email: 'other@example.test' },
      { organization_id: 'org_other' },
    ])
      codes.push((await guest().accept({ ...newcomer(token), ...extra })).status);
    expect(codes).toEqual([400, 400, 400, 400, 400, 400]);
    expect((await guest().accept(newcomer(token))).body.user.is_owner).toBe(false);
  });

  test('a token that nobody was given opens nothing', async () => {
    for (const token of ['x'.repeat(43), tokenOf(`${silent.url}/invitation#${'A'.repeat(43)}`)])
      expect((await guest().accept(newcomer(token))).status).toBe(404);
    expect((await guest().read('short')).status).toBe(400);
  });
});

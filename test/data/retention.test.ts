/** How long things are kept: old messages go to the archive and stay readable, old deliveries go as whole weeks. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { ConversationPage, MessagePage } from '../../src/modules/conversations/contract.ts';
import { importHistory } from '../../src/modules/conversations/import-history.ts';
import { archiveMessages } from '../../src/modules/conversations/queries/messages.ts';
import { findAgentOfUser } from '../../src/modules/conversations/record-message.ts';
import { customerOf, meetContact } from '../../src/modules/crm/meet-contact.ts';
import { keepPartitions } from '../../src/modules/inbound/queries.ts';
import { asClaimer, asWorker } from '../../src/platform/db/tx.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { connectNumber } from '../harness/numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

const OLD = 25;
const RECENT = 5;
const YEAR_MS = 365 * 24 * 3600 * 1000;

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let conversationId: string;

/** One message a month for the old ones, so that they lie in several years. */
function history(): { at: Date; text: string }[] {
  const old = Array.from({ length: OLD }, (_, n) => ({
    at: new Date(Date.now() - 3 * YEAR_MS - n * (YEAR_MS / 12)),
    text: `old ${String(n)}`,
  }));
  const recent = Array.from({ length: RECENT }, (_, n) => ({
    at: new Date(Date.now() - n * 60_000),
    text: `recent ${String(n)}`,
  }));
  return [...recent, ...old];
}

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  owner = await registerOwner(switchboard.url);
  const number = await connectNumber(switchboard, owner.access_token);
  const organizationId = owner.organization.id;
  conversationId = await asWorker(switchboard.app, organizationId, async (tx) => {
    const home = await findAgentOfUser(tx, owner.user.id);
    if (!home) throw new Error('The owner has no agent.');
    const scope = { organizationId, ...home };
    const identity = { phone: '491700000001', name: 'Ada Old' };
    const contact = await meetContact(tx, { portfolioId: 'p', identity, at: new Date() });
    if (!contact) throw new Error('The contact has no phone.');
    const customerId = await customerOf(tx, contact, scope);
    return importHistory(tx, {
      ...scope,
      customerId,
      phoneNumberId: number.phoneNumberId,
      unread: 0,
      messages: history().map(({ at, text }, index) => ({
        wamid: `wamid.${String(index)}`,
        direction: 'inbound',
        status: 'received',
        at,
        text,
      })),
    });
  });
});
afterAll(() => switchboard.stop());

const get = <T>(path: string) => request<T>(`${switchboard.url}${path}`, { token: owner.access_token });

async function readThread(): Promise<string[]> {
  const texts: string[] = [];
  let cursor: string | null = null;
  do {
    const page: MessagePage = (
      await get<MessagePage>(
        `/api/v1/conversations/${conversationId}/messages?limit=7${cursor === null ? '' : `&cursor=${cursor}`}`,
      )
    ).body;
    texts.push(...page.data.map((message) => message.text));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return texts;
}

test('a thread reads on into the archive, page by page, as if nothing had been moved', async () => {
  const before = await readThread();
  expect(before).toEqual(history().map(({ text }) => text));

  const first = await asClaimer(switchboard.app, (tx) => archiveMessages(tx, 730, 10));
  expect(first).toBe(10);
  expect(await readThread()).toEqual(before);

  const rest = await asClaimer(switchboard.app, (tx) => archiveMessages(tx, 730, 1000));
  expect(rest).toBe(OLD - 10);
  expect(await readThread()).toEqual(before);

  const [counts] = await queryAsAdmin<{ kept: string; archived: string; years: string }>(
    switchboard.database,
    `SELECT (SELECT count(*) FROM messages) AS kept, (SELECT count(*) FROM messages_archive) AS archived,
       (SELECT count(DISTINCT tableoid) FROM messages_archive) AS years`,
  );
  expect(counts).toMatchObject({ kept: String(RECENT), archived: String(OLD) });
  expect(Number(counts?.years)).toBeGreaterThan(1);
});

test('search finds what is in the archive', async () => {
  const found = await get<ConversationPage>('/api/v1/conversations?q=old%2024');
  expect(found.body.data.map((conversation) => conversation.id)).toEqual([conversationId]);
});

test('the archive has the same walls: another organization reads nothing of it', async () => {
  const stranger = await registerOwner(switchboard.url);
  const answer = await request(`${switchboard.url}/api/v1/conversations/${conversationId}/messages`, {
    token: stranger.access_token,
  });
  expect(answer.status).toBe(404);
});

test('a week of deliveries goes whole when it is old enough, unless something in it waits', async () => {
  await queryAsAdmin(
    switchboard.database,
    `SET ROLE switchboard_owner;
     CREATE TABLE app.webhook_deliveries_2020_w10 PARTITION OF app.webhook_deliveries FOR VALUES FROM ('2020-03-02Z') TO ('2020-03-09Z');
     CREATE TABLE app.webhook_items_2020_w10 PARTITION OF app.webhook_items FOR VALUES FROM ('2020-03-02Z') TO ('2020-03-09Z');
     INSERT INTO app.webhook_deliveries (received_at, signed_by, body, state) VALUES ('2020-03-03Z', 'install', '', 'split');
     INSERT INTO app.webhook_items (received_at, delivery_id, position, field, kind, ordering_key, item, signed_by)
       SELECT received_at, id, 0, 'messages', 'message', 'k', '{}', 'install' FROM app.webhook_deliveries WHERE received_at < '2021-01-01Z';
     UPDATE app.webhook_lanes SET run_at = 'infinity'`,
  );
  const weeks = () =>
    queryAsAdmin<{ relname: string }>(
      switchboard.database,
      `SELECT relname FROM pg_class WHERE relname LIKE 'webhook%2020_w10' AND relkind = 'r' ORDER BY relname`,
    );
  const keep = () => asClaimer(switchboard.app, (tx) => keepPartitions(tx, 30));

  await keep();
  expect(await weeks()).toHaveLength(2);

  await queryAsAdmin(
    switchboard.database,
    `UPDATE app.webhook_items SET state = 'done' WHERE received_at < '2021-01-01Z'`,
  );
  await keep();
  expect(await weeks()).toHaveLength(0);
});

test('there is a place for deliveries eight weeks ahead', async () => {
  const [place] = await queryAsAdmin<{ found: string }>(
    switchboard.database,
    `INSERT INTO app.webhook_deliveries (received_at, signed_by, body, state)
     VALUES (now() + interval '55 days', 'install', '', 'split') RETURNING tableoid::regclass::text AS found`,
  );
  expect(place?.found).toMatch(/^app\.webhook_deliveries_\d{4}_w\d\d$/);
});

/** Who waits in triage, with what they wrote. Owners only: the database shows nobody else a row. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import { cutPage, NUMBER_ID, packCursor, unpackCursor, UUID_ID } from '../../platform/paging.ts';
import type { Actor } from '../auth/contract.ts';
import type { Media } from '../media/contract.ts';
import { describeMediaOfMessages } from '../media/read-media.ts';
import type { MessageStatus } from './contract.ts';
import type {
  TriageItem,
  TriageMessage,
  TriageMessagePage,
  TriageMessagesQuery,
  TriagePage,
  TriageQuery,
} from './contract-triage.ts';
import { automaticKind } from './present.ts';
import {
  countWaiting,
  findWaitingName,
  listMessagesOfWaiting,
  listTriage as listRows,
  listWaitingMessages,
  type TriageRow,
  type WaitingMessageRow,
} from './queries/triage.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

const SHOWN_MESSAGES = 20;

function presentMessage(row: WaitingMessageRow, media: Media | null): TriageMessage {
  return {
    id: row.id,
    direction: row.direction,
    type: row.type,
    text: row.message,
    payload: row.payload,
    status: row.status as MessageStatus,
    timestamp: row.timestamp.toISOString(),
    wamid: row.wamid,
    media,
  };
}

function presentItem(
  row: TriageRow,
  messages: (WaitingMessageRow & { message_count: number })[],
  media: ReadonlyMap<number, Media>,
): TriageItem {
  const asked = messages.findLast((message) => automaticKind(message) === 'question');
  const { id, reason, state, phone_number_id, unread_count, phone, user_id, username, name } = row;
  return {
    id,
    reason,
    state,
    blocked: row.blocked_at && {
      at: row.blocked_at.toISOString(),
      by: row.blocked_by_name,
      reason: row.blocked_reason,
    },
    phone_number_id,
    unread_count,
    asked_at: asked?.timestamp.toISOString() ?? null,
    from: { phone, user_id, username, name },
    number: { display_phone_number: row.display_phone_number, verified_name: row.verified_name },
    message_count: messages[0]?.message_count ?? 0,
    last_message_at: row.last_message_at.toISOString(),
    messages: messages.map((message) => presentMessage(message, media.get(message.id) ?? null)),
  };
}

/** A page of triage; who wrote last comes first. Throws `conversations.bad_cursor`. */
export function listTriage(app: App, actor: Actor, query: TriageQuery): Promise<TriagePage> {
  const limit = query.limit ?? PAGE_SIZE;
  const before = unpackCursor(query.cursor, { id: UUID_ID, module: 'conversations' });
  return asUser(app, actor, async (tx) => {
    const rows = await listRows(tx, { state: query.state ?? 'waiting', before, limit: limit + 1 });
    const page = cutPage(rows, limit, packCursor);
    const messages = await listWaitingMessages(
      tx,
      page.rows.map(({ id }) => id),
      SHOWN_MESSAGES,
    );
    const media = await describeMediaOfMessages(
      tx,
      messages.map(({ id }) => id),
    );
    const byItem = Map.groupBy(messages, (message) => message.triage_id);
    return {
      data: page.rows.map((row) => presentItem(row, byItem.get(row.id) ?? [], media)),
      next_cursor: page.next_cursor,
      waiting_count: await countWaiting(tx),
    };
  });
}

/** All that one sender wrote and was answered on the number, newest first. Throws 404 for a sender who is not in triage (any more). */
export function listTriageMessages(
  app: App,
  actor: Actor,
  id: string,
  query: TriageMessagesQuery,
): Promise<TriageMessagePage> {
  const limit = query.limit ?? PAGE_SIZE;
  const before = unpackCursor(query.cursor, { id: NUMBER_ID, module: 'conversations' });
  return asUser(app, actor, async (tx) => {
    if (!isUuid(id) || (await findWaitingName(tx, id)) === null) throw notFound('sender in triage');
    const page = cutPage(
      await listMessagesOfWaiting(tx, id, { before, limit: limit + 1 }),
      limit,
      packCursor,
    );
    const media = await describeMediaOfMessages(
      tx,
      page.rows.map((row) => row.id),
    );
    return {
      data: page.rows.map((row) => presentMessage(row, media.get(row.id) ?? null)),
      next_cursor: page.next_cursor,
    };
  });
}

import { describe, expect, it } from 'vitest';
import { sampleConversation, sampleMessage } from './inbox-samples.ts';
import {
  laterStatus,
  mergeNewest,
  placeConversation,
  placeMessage,
  raiseStatus,
  removeConversation,
  type Pages,
} from './merge-pages.ts';
import type { ConversationPage, MessagePage } from './model.ts';

const list = (nextCursor: string | null = 'more'): Pages<ConversationPage> => ({
  pages: [
    { data: [sampleConversation('a', 50), sampleConversation('b', 40)], next_cursor: 'page2' },
    { data: [sampleConversation('c', 30), sampleConversation('d', 20)], next_cursor: nextCursor },
  ],
  pageParams: [undefined, 'page2'],
});
const ids = (pages: Pages<ConversationPage>) =>
  pages.pages.map((page) => page.data.map((one) => one.id).join(''));

describe('placeConversation', () => {
  it('brings a conversation with a new message to the top', () => {
    expect(ids(placeConversation(list(), sampleConversation('c', 55), true))).toEqual(['cab', 'd']);
  });

  it('keeps one whose last message did not change where it is', () => {
    const read = sampleConversation('b', 40, { unread_count: 0 });
    expect(ids(placeConversation(list(), read, true)).join('')).toBe('abcd');
  });

  it('takes out what no longer belongs into the list', () => {
    expect(ids(placeConversation(list(), sampleConversation('a', 50), false))).toEqual(['b', 'cd']);
  });

  it('leaves one older than all loaded to a later page, and puts it at the end when there is none', () => {
    expect(ids(placeConversation(list(), sampleConversation('z', 1), true))).toEqual(['ab', 'cd']);
    expect(ids(placeConversation(list(null), sampleConversation('z', 1), true))).toEqual(['ab', 'cdz']);
  });

  it('puts the first conversation into an empty list', () => {
    const empty = { pages: [{ data: [], next_cursor: null }], pageParams: [undefined] };
    expect(ids(placeConversation(empty, sampleConversation('a', 1), true))).toEqual(['a']);
  });

  it('does not change what it was given', () => {
    const before = list();
    placeConversation(before, sampleConversation('d', 59), true);
    expect(before).toEqual(list());
  });
});

it('removeConversation takes a conversation out of whichever page it is in', () => {
  expect(ids(removeConversation(list(), 'c'))).toEqual(['ab', 'd']);
});

const thread = (...pages: number[][]): Pages<MessagePage> => ({
  pages: pages.map((page, index) => ({
    data: page.map((id) => sampleMessage(id)),
    next_cursor: index === pages.length - 1 ? 'older' : `page${index + 1}`,
  })),
  pageParams: pages.map((_, index) => (index === 0 ? undefined : `page${index}`)),
});
const messageIds = (pages: Pages<MessagePage>) =>
  pages.pages.flatMap((page) => page.data.map((one) => one.id));
const fresh = (...messages: number[]): MessagePage => ({
  data: messages.map((id) => sampleMessage(id)),
  next_cursor: 'older',
});

describe('mergeNewest', () => {
  it('adds new messages before those that are loaded, each once', () => {
    expect(messageIds(mergeNewest(thread([5, 4], [3, 2]), fresh(7, 6, 5)))).toEqual([7, 6, 5, 4, 3, 2]);
  });

  it('keeps older pages and their cursor', () => {
    const merged = mergeNewest(thread([5, 4], [3, 2]), fresh(6, 5));
    expect(merged.pages.at(-1)?.next_cursor).toBe('older');
    expect(merged.pageParams).toHaveLength(2);
  });

  it('starts afresh when messages between are missing', () => {
    const merged = mergeNewest(thread([5, 4], [3, 2]), fresh(90, 89));
    expect(messageIds(merged)).toEqual([90, 89]);
    expect(merged.pages[0]?.next_cursor).toBe('older');
    expect(merged.pageParams).toEqual([undefined]);
  });

  it('never lowers a status when an answer was overtaken by an event', () => {
    const out = sampleMessage(5, { direction: 'outbound', status: 'read' });
    const known = { pages: [{ data: [out], next_cursor: null }], pageParams: [undefined] };
    const late = { data: [{ ...out, status: 'sent' as const }], next_cursor: null };
    expect(mergeNewest(known, late).pages[0]?.data[0]?.status).toBe('read');
  });

  it('keeps the same object for a message that did not change, so that nothing is drawn again', () => {
    const before = thread([5, 4]);
    const after = mergeNewest(before, fresh(6, 5, 4));
    expect(after.pages[0]?.data[2]).toBe(before.pages[0]?.data[1]);
  });

  it('drops what is gone, and keeps what is newer or older than the fresh page', () => {
    expect(messageIds(mergeNewest(thread([7, 6, 5, 4], [3, 2]), fresh(6, 4)))).toEqual([7, 6, 4, 3, 2]);
  });

  it('fills an empty thread', () => {
    const empty = { pages: [{ data: [], next_cursor: null }], pageParams: [undefined] };
    expect(messageIds(mergeNewest(empty, fresh(1)))).toEqual([1]);
  });
});

describe('placeMessage', () => {
  it('adds a confirmed message at the newest end', () => {
    expect(messageIds(placeMessage(thread([5, 4]), sampleMessage(6)))).toEqual([6, 5, 4]);
  });

  it('does not double a message that an event brought first', () => {
    expect(messageIds(placeMessage(thread([6, 5]), sampleMessage(6)))).toEqual([6, 5]);
  });
});

describe('raiseStatus', () => {
  it('says when the message is not loaded', () => {
    expect(raiseStatus(thread([5]), 99, 'sent')).toBeNull();
  });

  it('raises and never lowers', () => {
    const out = sampleMessage(5, { direction: 'outbound', status: 'delivered' });
    const known = { pages: [{ data: [out], next_cursor: null }], pageParams: [undefined] };
    expect(raiseStatus(known, 5, 'read')?.pages[0]?.data[0]?.status).toBe('read');
    expect(raiseStatus(known, 5, 'sent')?.pages[0]?.data[0]?.status).toBe('delivered');
  });
});

describe('laterStatus', () => {
  it('lets a failure follow "sent" but not "delivered"', () => {
    expect(laterStatus('sent', 'failed')).toBe('failed');
    expect(laterStatus('delivered', 'failed')).toBe('delivered');
  });

  it('settles what was not confirmed', () => {
    expect(laterStatus('unknown', 'sent')).toBe('sent');
    expect(laterStatus('sent', 'unknown')).toBe('sent');
  });
});

import { expect, it } from 'vitest';
import { isWorthTelling } from './is-worth-telling.ts';

const mine = {
  agent_id: 5,
  assignee_id: null,
  blocked: null,
  unread_count: 1,
  last_message: { id: 7, direction: 'inbound' as const },
};
const told = { userId: 'me', agentId: 5, messageId: 7 };

it('tells of what one answers oneself', () => {
  expect(isWorthTelling(mine, told)).toBe(true);
  expect(isWorthTelling({ ...mine, agent_id: 6, assignee_id: 'me' }, told)).toBe(true);
});

it.each([
  ['what a colleague answers', { agent_id: 6 }],
  ['what was assigned to a colleague', { assignee_id: 'mara' }],
  ['a blocked sender', { blocked: { at: '2026-11-21T10:00:00Z', by: null, reason: null } }],
  ['what was read meanwhile', { unread_count: 0 }],
  ['what was answered meanwhile', { last_message: { id: 8, direction: 'outbound' as const } }],
  ['what a newer message tells of', { last_message: { id: 8, direction: 'inbound' as const } }],
])('does not tell of %s', (_what, change) => {
  expect(isWorthTelling({ ...mine, ...change }, told)).toBe(false);
});

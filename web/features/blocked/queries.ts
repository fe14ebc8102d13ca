/** Who is blocked, and blocking: in a conversation by its status, in triage by the sender's state. */
import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query';
import type {
  BlockedSender,
  BlockedSenderPage,
} from '../../../src/modules/conversations/contract-blocked.ts';
import { request } from '../../lib/api.ts';
import { setStatus } from '../inbox/queries.ts';
import { setTriageState } from '../triage/queries.ts';

export type { BlockedSender };

/** Where a sender is: one of the two is null. */
export type SenderPlace = Pick<BlockedSender, 'conversation_id' | 'triage_id'>;

export const blockedQuery = infiniteQueryOptions({
  queryKey: ['blocked'] as const,
  queryFn: ({ pageParam, signal }) =>
    request<BlockedSenderPage>('GET', '/api/v1/blocked-senders', { query: { cursor: pageParam }, signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
  staleTime: 5_000,
});

/** Of somebody in an agent's inbox. */
export const inConversation = (id: string): SenderPlace => ({ conversation_id: id, triage_id: null });

async function setBlock(client: QueryClient, place: SenderPlace, block: { reason: string } | null) {
  const { conversation_id: conversation, triage_id: item } = place;
  if (conversation !== null)
    await setStatus(client, conversation, block ? 'blocked' : 'active', block?.reason);
  if (item !== null) await setTriageState([item], block ? 'blocked' : 'waiting', block?.reason);
  await client.invalidateQueries({ queryKey: ['blocked'] });
  if (item !== null) await client.invalidateQueries({ queryKey: ['triage'] });
}

/** An empty reason is none. */
export function block(client: QueryClient, place: SenderPlace, reason: string): Promise<void> {
  return setBlock(client, place, { reason: reason.trim() });
}

export function unblock(client: QueryClient, place: SenderPlace): Promise<void> {
  return setBlock(client, place, null);
}

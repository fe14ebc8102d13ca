/** Marks a conversation read while its thread is open and the tab is looked at. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { Conversation } from './model.ts';
import { markRead } from './queries.ts';

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

export function useMarkRead(conversation: Conversation): void {
  const client = useQueryClient();
  const visible = useSyncExternalStore(subscribe, () => document.visibilityState === 'visible');
  const running = useRef(false);
  useEffect(() => {
    if (!visible || conversation.unread_count === 0 || running.current) return;
    running.current = true;
    markRead(client, conversation)
      // Not worth a message: the badge comes back with the next event, and the next opening tries again.
      .catch(() =>
        client.invalidateQueries({ queryKey: ['conversation', conversation.id], refetchType: 'none' }),
      )
      .finally(() => {
        running.current = false;
      });
  }, [client, conversation, visible]);
}

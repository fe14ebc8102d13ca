/**
 * Tells the person of new messages by the notices of their computer, while they look at something else, and at no other
 * tab of Switchboard either. Only what they answer themselves, only when they want it (Settings → Profile), and only where the browser was allowed to.
 */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { fetchConversation } from '../inbox/queries.ts';
import { previewOf } from '../inbox/message-content.ts';
import { nameOfCustomer } from '../inbox/model.ts';
import { optInQuery } from '../profile/queries.ts';
import { useInbox } from '../shell/inbox-context.tsx';
import { isWorthTelling } from './is-worth-telling.ts';
import { meetOtherTabs, type OtherTabs } from './other-tabs.ts';
import { mayNotify } from './permission.ts';

/** Shows nothing itself; stands once in the app. */
export function MessageNotices() {
  const { me, events } = useInbox();
  const navigate = useNavigate();
  const { data } = useQuery({ ...optInQuery, enabled: mayNotify() });
  const isWanted = data?.notifications_enabled ?? false;
  const userId = me.user.id;
  const agentId = me.user.agent?.id ?? null;
  // A tab that wants no notices still says that it is looked at.
  const tabs = useRef<OtherTabs | null>(null);
  useEffect(() => {
    const met = meetOtherTabs(userId);
    tabs.current = met;
    return met.leave;
  }, [userId]);
  useEffect(() => {
    if (!isWanted) return;
    const open = (conversationId: string) => {
      window.focus();
      void navigate({ to: '/inbox/$conversationId', params: { conversationId } });
    };
    return events.on('message.received', (message) => {
      if (document.hidden && mayNotify())
        void tell(message, { userId, agentId, open, tabs: tabs.current }).catch(() => undefined);
    });
  }, [agentId, events, isWanted, navigate, userId]);
  return null;
}

type Told = { conversation_id: string; message_id: number };
type Reader = {
  userId: string;
  agentId: number | null;
  open: (conversationId: string) => void;
  tabs: OtherTabs | null;
};

/** A conversation has one notice: a newer message takes the place of the one before. May fail: what is missed stands in the inbox. */
async function tell(message: Told, { open, tabs, ...reader }: Reader): Promise<void> {
  if (await tabs?.areLookedAt()) return;
  const conversation = await fetchConversation(message.conversation_id);
  const { last_message: last, id } = conversation;
  if (!last || !isWorthTelling(conversation, { ...reader, messageId: message.message_id })) return;
  const notice = new Notification(nameOfCustomer(conversation.customer), {
    body: previewOf(last),
    tag: id,
    icon: '/favicon.svg',
  });
  notice.onclick = () => {
    notice.close();
    open(id);
  };
}

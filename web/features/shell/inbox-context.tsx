/** What lives as long as somebody is signed in: drafts, the outbox, the live events. */
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { request } from '../../lib/api.ts';
import { createDrafts, type Drafts } from '../../lib/drafts.ts';
import { LiveEvents } from '../../lib/live-events.ts';
import { LiveInbox } from '../inbox/live-inbox.ts';
import { Outbox } from '../inbox/outbox.ts';
import { keepMessage, postMessage } from '../inbox/queries.ts';
import type { Me } from '../sign-in/queries.ts';

type InboxContext = { me: Me; drafts: Drafts; outbox: Outbox; events: LiveEvents };

const Context = createContext<InboxContext | null>(null);

/** The outbox is kept with the drafts, under an id that no conversation has. */
const outboxDraft = 'outbox';

function browserStore(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function createInbox(client: QueryClient, me: Me): InboxContext {
  const drafts = createDrafts(browserStore(), me.user.id);
  const outbox = new Outbox({
    post: (pending) => postMessage(pending.conversationId, pending.key, pending.text),
    onAccepted: (message) => keepMessage(client, message),
    store: { read: () => drafts.read(outboxDraft), write: (text) => drafts.write(outboxDraft, text) },
    schedule: (work, milliseconds) => setTimeout(work, milliseconds),
  });
  const events = new LiveEvents(() => request('GET', '/api/v1/auth/me'));
  return { me, drafts, outbox, events };
}

export function InboxProvider({ me, children }: { me: Me; children: ReactNode }) {
  const client = useQueryClient();
  const [inbox] = useState(() => createInbox(client, me));
  useEffect(() => {
    const stopFollowing = new LiveInbox(client).follow(inbox.events);
    const close = inbox.events.open();
    inbox.outbox.retryAll();
    window.addEventListener('online', inbox.outbox.retryAll);
    return () => {
      window.removeEventListener('online', inbox.outbox.retryAll);
      stopFollowing();
      close();
    };
  }, [client, inbox]);
  return <Context value={inbox}>{children}</Context>;
}

/** Only inside the shell. */
export function useInbox(): InboxContext {
  const inbox = useContext(Context);
  if (!inbox) throw new Error('useInbox needs an InboxProvider above it');
  return inbox;
}

/** Who is blocked, since when, by whom and why, and the way back. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';
import { useRef } from 'react';
import { formatPhone } from '../../lib/phone.ts';
import { momentInSentence } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { useRowKeys } from '../../lib/use-row-keys.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DataList, DataListSkeleton, DataRow } from '../../ui/data-list.tsx';
import { Dotted } from '../../ui/dotted.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { blockedQuery, type BlockedSender } from './queries.ts';
import { useBlock } from './use-block.ts';

const idOf = (sender: BlockedSender) => sender.conversation_id ?? sender.triage_id ?? '';

export function BlockedPage() {
  const list = useInfiniteQuery(blockedQuery);
  const rows = useRef<HTMLDivElement>(null);
  const { unblock } = useBlock();
  const senders = list.data?.pages.flatMap((page) => page.data);
  const free = (sender: BlockedSender) =>
    unblock({ place: sender, name: sender.from.name }, sender.blocked.reason);
  const { hold } = useRowKeys(rows, {
    u: (row) => {
      const sender = senders?.find((one) => idOf(one) === row);
      if (sender) free(sender);
    },
  });
  return (
    <>
      <PageHead
        title="Blocked senders"
        lead="What they write on the number is kept, but nobody is told and nobody can answer. Once unblocked, they are back in the inbox or in triage with all they wrote."
      />
      <div ref={rows} tabIndex={-1}>
        <Card flush footer={list.hasNextPage && <MoreButton query={list}>Show more</MoreButton>}>
          {list.error && !senders ? (
            <LoadError error={list.error} onRetry={() => void list.refetch()} />
          ) : !senders ? (
            <DataListSkeleton rows={4} />
          ) : senders.length === 0 ? (
            <EmptyState icon={<ShieldCheck size={24} />} title="Nobody is blocked">
              Block a sender from their conversation, or in triage.
            </EmptyState>
          ) : (
            <DataList label="Blocked senders">
              {senders.map((sender) => (
                <BlockedRow
                  key={idOf(sender)}
                  sender={sender}
                  onUnblock={() => {
                    hold(idOf(sender));
                    free(sender);
                  }}
                />
              ))}
            </DataList>
          )}
        </Card>
      </div>
    </>
  );
}

function BlockedRow({ sender, onUnblock }: { sender: BlockedSender; onUnblock: () => void }) {
  const now = useNow();
  const { from, number, blocked, agent_name: agent, conversation_id: conversation } = sender;
  const handle = from.phone ? formatPhone(from.phone) : from.username && `@${from.username}`;
  const where = `on ${number.verified_name ?? formatPhone(number.display_phone_number)}`;
  const who = `Blocked by ${blocked.by ?? 'somebody who has left'}, ${momentInSentence(new Date(blocked.at), now)}`;
  return (
    <DataRow
      rowName={idOf(sender)}
      leading={<Avatar name={from.name} colourOf={idOf(sender)} size="s" />}
      title={
        conversation === null ? (
          from.name
        ) : (
          <Link to="/inbox/$conversationId" params={{ conversationId: conversation }}>
            {from.name}
          </Link>
        )
      }
      badges={conversation === null ? <Badge>In triage</Badge> : agent && <Badge>{agent}</Badge>}
      detail={
        <>
          <Dotted facts={[handle, where]} />
          {who}
          {blocked.reason && `: ${blocked.reason}`}
        </>
      }
      actions={
        <Button size="s" aria-label={`Unblock ${from.name}`} onClick={onUnblock}>
          Unblock
        </Button>
      }
    />
  );
}

/** Items in quarantine, newest first, each with its fault; one or all of them are tried anew. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DataList, DataListSkeleton, DataRow } from '../../ui/data-list.tsx';
import { Dotted } from '../../ui/dotted.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { toast } from '../../ui/toast.tsx';
import { ItemDialog } from './item-dialog.tsx';
import { quarantineQuery, replay, type QuarantinedItem, type QuarantinePath } from './queries.ts';

export function QuarantineList({ path }: { path: QuarantinePath }) {
  const query = useInfiniteQuery(quarantineQuery(path));
  const { data, error, refetch, hasNextPage } = query;
  const [opened, setOpened] = useState<QuarantinedItem | null>(null);
  const items = data?.pages.flatMap((page) => page.data);
  const footer = items !== undefined && items.length > 0 && (
    <>
      {hasNextPage ? <MoreButton query={query}>Show older</MoreButton> : <span />}
      <ReplayAll path={path} />
    </>
  );
  return (
    <Card flush footer={footer}>
      {error && !items ? (
        <LoadError error={error} onRetry={() => void refetch()} />
      ) : !items ? (
        <DataListSkeleton rows={4} />
      ) : items.length === 0 ? (
        <EmptyState icon={<ShieldCheck size={24} />} title="Nothing is in quarantine">
          Everything that WhatsApp delivered has been processed.
        </EmptyState>
      ) : (
        <DataList label="Items in quarantine">
          {items.map((item) => (
            <ItemRow key={item.id} path={path} item={item} onOpen={() => setOpened(item)} />
          ))}
        </DataList>
      )}
      <ItemDialog path={path} item={opened} onClose={() => setOpened(null)} />
    </Card>
  );
}

type ItemRowProps = { path: QuarantinePath; item: QuarantinedItem; onOpen: () => void };

function ItemRow({ path, item, onOpen }: ItemRowProps) {
  const client = useQueryClient();
  const now = useNow();
  const again = useMutation({
    mutationFn: () => replay(client, path, item.id),
    onSuccess: () => toast('It is being tried again.'),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  const about = [
    item.organization?.name,
    item.phone_number_id && `number ${item.phone_number_id}`,
    timeAgo(new Date(item.received_at), now),
  ];
  return (
    <DataRow
      title={item.fault ?? 'It could not be processed.'}
      badges={<Badge>{item.field === 'malformed' ? 'malformed' : item.kind}</Badge>}
      detail={<Dotted facts={about} />}
      actions={
        <>
          <Button size="s" onClick={onOpen}>
            Show
          </Button>
          <Button size="s" busy={again.isPending} onClick={() => again.mutate()}>
            Try again
          </Button>
        </>
      }
    />
  );
}

function ReplayAll({ path }: { path: QuarantinePath }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>Try all again</Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Try everything again?"
        confirmLabel="Try again"
        danger={false}
        onConfirm={async () => {
          const replayed = await replay(client, path, null);
          toast(
            replayed === 1
              ? 'One item is being tried again.'
              : `${String(replayed)} items are being tried again.`,
          );
        }}
      >
        Messages that can be processed now appear in their conversations, at the time at which they were
        written. The rest comes back here.
      </ConfirmDialog>
    </>
  );
}

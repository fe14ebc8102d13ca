/** Audit events, newest first, more on request. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { fullMoment, timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { DataRow } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PagedCard } from '../../ui/paged-card.tsx';
import { actorOf, deedOf, detailsOf } from './describe.ts';
import { auditQuery, type Audited } from './queries.ts';

type AuditListProps = { path: Parameters<typeof auditQuery>[0] };

export function AuditList({ path }: AuditListProps) {
  return (
    <PagedCard
      query={useInfiniteQuery(auditQuery(path))}
      label="Events"
      more="Show older"
      empty={
        <EmptyState icon={<ScrollText size={24} />} title="Nothing yet">
          Changes of rights, credentials and connections will stand here.
        </EmptyState>
      }
    >
      {(event) => <EventRow key={event.id} event={event} />}
    </PagedCard>
  );
}

function EventRow({ event }: { event: Audited }) {
  const now = useNow();
  const at = new Date(event.occurred_at);
  const details = detailsOf(event);
  return (
    <DataRow
      leading={<Avatar name={actorOf(event)} colourOf={event.user?.id ?? event.actor} size="s" />}
      title={`${actorOf(event)} ${deedOf(event)}`}
      detail={
        <>
          <time dateTime={event.occurred_at} title={fullMoment(at)}>
            {timeAgo(at, now)}
          </time>
          {details && ` · ${details}`}
        </>
      }
    />
  );
}

/** Settings → Numbers: every number of the organization, with what is set and known about it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Phone } from 'lucide-react';
import { describeError } from '../../lib/api.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { CardSkeleton } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useInbox } from '../shell/inbox-context.tsx';
import { NumberCard } from './number-card.tsx';
import { numbersQuery } from './queries.ts';

export function NumbersPage() {
  const { me } = useInbox();
  const { data: numbers, isPending, error, refetch } = useQuery(numbersQuery);
  const canManage = me.permissions.includes('organization:manage');
  return (
    <>
      <PageHead
        title="Numbers"
        lead="How each number routes messages, who answers on it, and what Meta says of it."
      />
      {isPending && <CardSkeleton lines={5} />}
      {error && (
        <Callout tone="bad" action={<Button onClick={() => void refetch()}>Try again</Button>}>
          {describeError(error)}
        </Callout>
      )}
      {numbers?.length === 0 && (
        <EmptyState
          icon={<Phone size={24} />}
          title="No number yet"
          actions={
            <Link to="/connect" className={buttonClass('primary')}>
              Connect WhatsApp
            </Link>
          }
        >
          Numbers appear here when a WhatsApp account is connected.
        </EmptyState>
      )}
      {numbers?.map((number) => (
        <NumberCard key={number.phone_number_id} number={number} canManage={canManage} />
      ))}
    </>
  );
}

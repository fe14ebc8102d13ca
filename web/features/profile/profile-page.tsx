/** Who the person is to colleagues and customers. */
import { useQuery } from '@tanstack/react-query';
import { describeError } from '../../lib/api.ts';
import { Callout } from '../../ui/callout.tsx';
import { Button } from '../../ui/button.tsx';
import { CardSkeleton } from '../../ui/card.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { AutomaticRepliesCard } from './automatic-replies-card.tsx';
import { NameCard } from './name-card.tsx';
import { NotificationsCard } from './notifications-card.tsx';
import { optInQuery } from './queries.ts';
import { SharedNumbersCard } from './shared-numbers-card.tsx';
import { SignatureCard } from './signature-card.tsx';

export function ProfilePage() {
  const { data, error, refetch } = useQuery(optInQuery);
  return (
    <>
      <PageHead title="Profile" lead="How colleagues and customers see you." />
      <NameCard />
      {error && (
        <Callout
          tone="bad"
          action={
            <Button size="s" onClick={() => void refetch()}>
              Try again
            </Button>
          }
        >
          {describeError(error)}
        </Callout>
      )}
      {!data && !error && (
        <>
          <CardSkeleton lines={2} />
          <CardSkeleton lines={4} />
        </>
      )}
      {data && (
        <>
          <NotificationsCard optIn={data} />
          <SharedNumbersCard optIn={data} />
          <SignatureCard key={data.signature} optIn={data} />
          <AutomaticRepliesCard optIn={data} />
        </>
      )}
    </>
  );
}

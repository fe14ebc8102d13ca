/** What Meta told of the accounts and what was noticed here, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { describeError } from '../../lib/api.ts';
import { momentInSentence } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card, CardSkeleton } from '../../ui/card.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { accountEventsQuery, type AccountEvent } from './queries.ts';
import { SeverityMark } from './severity-mark.tsx';
import styles from './health-page.module.css';

export function EventTimeline({ names }: { names: ReadonlyMap<string, string> }) {
  const query = useInfiniteQuery(accountEventsQuery);
  const { data, isPending, error, refetch, hasNextPage } = query;
  if (isPending) return <CardSkeleton lines={4} />;
  if (error)
    return (
      <Callout tone="bad" action={<Button onClick={() => void refetch()}>Try again</Button>}>
        {describeError(error)}
      </Callout>
    );
  const events = data.pages.flatMap((page) => page.data);
  return (
    <Card
      title="What happened"
      about="What Meta told of your accounts, and what was noticed here."
      flush
      footer={
        hasNextPage && (
          <MoreButton size="s" query={query}>
            Show older
          </MoreButton>
        )
      }
    >
      <ol className={styles['findings']} aria-label="What happened">
        {events.length === 0 && <li className={styles['nothing']}>Nothing yet.</li>}
        {events.map((event) => (
          <EventRow key={event.id} event={event} account={names.get(event.waba_id) ?? event.waba_id} />
        ))}
      </ol>
    </Card>
  );
}

function EventRow({ event, account }: { event: AccountEvent; account: string }) {
  const now = useNow();
  const at = new Date(event.occurred_at);
  return (
    <li className={styles['event']}>
      <SeverityMark severity={event.severity} size={16} />
      <div>
        <p className={styles['eventTitle']}>{event.title}</p>
        {event.detail && <p className={styles['eventDetail']}>{event.detail}</p>}
        <p className={styles['eventDetail']}>
          {account} · <time dateTime={event.occurred_at}>{momentInSentence(at, now)}</time>
        </p>
      </div>
    </li>
  );
}

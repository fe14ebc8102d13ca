/** The install at a glance: how much there is, what waits, what Meta needs to know. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Eye } from 'lucide-react';
import { ApiError, describeError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Card, CardSkeleton } from '../../ui/card.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { toast } from '../../ui/toast.tsx';
import { Figures } from './figures.tsx';
import { overviewQuery, revealWebhook, type InstallOverview } from './queries.ts';
import styles from './admin.module.css';

/** Often enough to watch a queue drain. */
const REFRESH_MS = 10_000;

export function InstallPage() {
  const { data, error, refetch } = useQuery({ ...overviewQuery, refetchInterval: REFRESH_MS });
  return (
    <>
      <PageHead
        title="Install"
        lead="Everything on this server. Messages of other organizations stay theirs."
      />
      {error && !data && <LoadError error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <>
          <CardSkeleton lines={2} />
          <CardSkeleton lines={2} />
        </>
      )}
      {data && <Overview overview={data} />}
      <WebhookCard />
    </>
  );
}

function Overview({ overview }: { overview: InstallOverview }) {
  const { organizations, people, numbers, queue } = overview;
  return (
    <>
      <Card title="What there is">
        <Figures
          figures={[
            { label: 'Organizations', value: organizations },
            { label: 'People', value: people },
            { label: 'Numbers', value: numbers },
            { label: 'Own Meta apps', value: overview.configurations.with_app },
          ]}
        />
      </Card>
      <Card title="What waits" about="Brought up to date every ten seconds.">
        <Figures
          figures={[
            { label: 'Deliveries', value: queue.deliveries },
            { label: 'Parts of deliveries', value: queue.items },
            { label: 'In quarantine', value: queue.quarantined, wantsAttention: true },
            { label: 'To be sent', value: queue.outbox },
            { label: 'Sent or not: unknown', value: queue.unknown, wantsAttention: true },
          ]}
        />
      </Card>
    </>
  );
}

function WebhookCard() {
  const reveal = useMutation({
    mutationFn: revealWebhook,
    gcTime: 0,
    onError: (error) =>
      error instanceof ApiError && error.code === 'auth.sign_in_again'
        ? undefined
        : toast(describeError(error), { tone: 'bad' }),
  });
  return (
    <Card
      title="The install’s webhook"
      about="What to enter in the Meta app of this install, under WhatsApp → Configuration."
      aside={
        !reveal.data && (
          <Button
            size="s"
            icon={<Eye size={14} aria-hidden />}
            busy={reveal.isPending}
            onClick={() => reveal.mutate()}
          >
            Reveal
          </Button>
        )
      }
    >
      {reveal.data && (
        <div className={styles['stack']}>
          <CopyField label="Callback URL" value={reveal.data.callback_url} />
          <CopyField label="Verify token" value={reveal.data.verify_token} />
        </div>
      )}
    </Card>
  );
}

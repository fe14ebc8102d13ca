/** The organization's own Meta app: what is in use, what Meta needs to know, what is yours. */
import { useQuery } from '@tanstack/react-query';
import { Card, CardSkeleton } from '../../ui/card.tsx';
import { CopyField } from '../../ui/copy-field.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { CheckCard } from './check-card.tsx';
import { FormCard } from './form-card.tsx';
import { overviewQuery, type ConfigOverview } from './queries.ts';
import { RestoreNotice, StateCard } from './state-card.tsx';
import { ValuesCard } from './values-card.tsx';

export function CredentialsPage() {
  const { data, error, refetch } = useQuery(overviewQuery);
  return (
    <>
      <PageHead
        title="Credentials"
        lead="Connecting an account needs nothing here. Enter your own Meta app only if your organization has one."
      />
      {error && !data && <LoadError error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <>
          <CardSkeleton lines={8} />
          <CardSkeleton lines={4} />
        </>
      )}
      {data && <Credentials overview={data.value} tag={data.tag} />}
    </>
  );
}

function Credentials({ overview, tag }: { overview: ConfigOverview; tag: string | null }) {
  const { config, deleted } = overview;
  return (
    <>
      {deleted && !config && <RestoreNotice deleted={deleted} />}
      <ValuesCard overview={overview} />
      <CheckCard config={config} />
      <Card
        title="Your webhook address"
        about="Enter it in your Meta app under WhatsApp → Configuration, with the verify token below. It works once app secret and verify token are saved."
      >
        <CopyField label="Callback URL for Meta" value={overview.webhook_url} />
      </Card>
      <FormCard key={config?.updated_at ?? 'new'} config={config} tag={tag} />
      {config && <StateCard config={config} />}
    </>
  );
}

/** What an owner decides for the whole organization. */
import { useQuery } from '@tanstack/react-query';
import { CardSkeleton } from '../../ui/card.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useMe } from '../shell/use-me.ts';
import { NamesCard } from './names-card.tsx';
import { organizationQuery } from './queries.ts';
import { RegistrationCard } from './registration-card.tsx';
import { SingleUserCard } from './single-user-card.tsx';

export function OrganizationPage() {
  const me = useMe();
  const { data, error, refetch } = useQuery(organizationQuery);
  return (
    <>
      <PageHead title="Organization" lead="What holds for everybody who works here." />
      {error && !data && <LoadError error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <>
          <CardSkeleton lines={3} />
          <CardSkeleton lines={1} />
        </>
      )}
      {data && (
        <>
          <NamesCard key={`${data.name}|${String(data.brand_name)}`} settings={data} />
          <SingleUserCard settings={data} />
        </>
      )}
      {me.permissions.includes('install:manage') && <RegistrationCard />}
    </>
  );
}

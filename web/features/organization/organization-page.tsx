/** What an owner decides for the whole organization. */
import { useQuery } from '@tanstack/react-query';
import { CardSkeleton } from '../../ui/card.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useMe } from '../shell/use-me.ts';
import { AutomaticCard } from './automatic-card.tsx';
import { NamesCard } from './names-card.tsx';
import { automaticMessagesQuery, organizationQuery } from './queries.ts';
import { RegistrationCard } from './registration-card.tsx';
import { SingleUserCard } from './single-user-card.tsx';

export function OrganizationPage() {
  const me = useMe();
  const { data, error, refetch } = useQuery(organizationQuery);
  const automatic = useQuery(automaticMessagesQuery);
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
      {automatic.error && !automatic.data && (
        <LoadError error={automatic.error} onRetry={() => void automatic.refetch()} />
      )}
      {!automatic.data && !automatic.error && <CardSkeleton lines={4} />}
      {automatic.data && <AutomaticCard saved={automatic.data} />}
      {me.permissions.includes('install:manage') && <RegistrationCard />}
    </>
  );
}

/** Every organization of the install, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Building2 } from 'lucide-react';
import { listTime, timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { DataRow } from '../../ui/data-list.tsx';
import { Dotted } from '../../ui/dotted.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { PagedCard } from '../../ui/paged-card.tsx';
import { organizationsQuery, type InstallOrganization } from './queries.ts';

const count = (value: number, one: string, many: string) => `${String(value)} ${value === 1 ? one : many}`;

export function InstallOrganizationsPage() {
  return (
    <>
      <PageHead title="Organizations" lead="Every business on this install, the newest first." />
      <PagedCard
        query={useInfiniteQuery(organizationsQuery)}
        label="Organizations"
        more="Show more"
        empty={<EmptyState icon={<Building2 size={24} />} title="No organizations" />}
      >
        {(organization) => <OrganizationRow key={organization.id} organization={organization} />}
      </PagedCard>
    </>
  );
}

function OrganizationRow({ organization }: { organization: InstallOrganization }) {
  const now = useNow();
  const { id, name, people, disabled_people: disabled, numbers, last_active_at: lastActive } = organization;
  const detail = [
    count(people, 'person', 'people') + (disabled > 0 ? ` (${String(disabled)} disabled)` : ''),
    count(numbers, 'number', 'numbers'),
    lastActive ? `active ${timeAgo(new Date(lastActive), now)}` : 'never active',
    `since ${listTime(new Date(organization.created_at), now)}`,
  ];
  return (
    <DataRow
      leading={<Avatar name={name} colourOf={id} size="s" />}
      title={name}
      badges={organization.has_configuration && <Badge tone="accent">Own Meta app</Badge>}
      detail={<Dotted facts={detail} />}
    />
  );
}

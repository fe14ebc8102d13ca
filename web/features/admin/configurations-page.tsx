/** Every organization's credentials, without the secrets: deleting one or all, and restoring what was deleted. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeySquare } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { PagedCard } from '../../ui/paged-card.tsx';
import { toast } from '../../ui/toast.tsx';
import { ConfigurationRow } from './configuration-row.tsx';
import { Figures } from './figures.tsx';
import { configsQuery, deleteAllConfigs, DELETE_ALL_WORDS, overviewQuery } from './queries.ts';

export function ConfigurationsPage() {
  return (
    <>
      <PageHead
        title="All credentials"
        lead="Organizations with a Meta app of their own. Their secrets are not shown here."
      />
      <Statistics />
      <ConfigurationList title="In place" deleted={false} empty="No organization has entered credentials." />
      <ConfigurationList title="Deleted" deleted empty="Nothing waits to be restored." />
      <DeleteAllCard />
    </>
  );
}

function Statistics() {
  const { data } = useQuery(overviewQuery);
  const counts = data?.configurations;
  return (
    <Card>
      <Figures
        figures={[
          { label: 'On', value: counts?.active ?? 0 },
          { label: 'Off', value: counts?.inactive ?? 0 },
          { label: 'Confirmed by Meta', value: counts?.verified ?? 0 },
          { label: 'Token ending', value: counts?.expiring ?? 0, wantsAttention: true },
          { label: 'Deleted', value: counts?.deleted ?? 0 },
        ]}
      />
    </Card>
  );
}

type ListProps = { title: string; deleted: boolean; empty: string };

function ConfigurationList({ title, deleted, empty }: ListProps) {
  return (
    <PagedCard
      query={useInfiniteQuery(configsQuery(deleted))}
      title={title}
      label={title}
      more="Show more"
      empty={<EmptyState icon={<KeySquare size={24} />} title={empty} />}
      skeletonRows={2}
    >
      {(config) => <ConfigurationRow key={config.id} config={config} />}
    </PagedCard>
  );
}

function DeleteAllCard() {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <Card
      tone="danger"
      title="Delete all"
      about="For when every organization’s credentials have to stop working at once. They can be restored for 30 days."
      aside={
        <Button variant="danger" onClick={() => setAsking(true)}>
          Delete all credentials
        </Button>
      }
    >
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Delete the credentials of all organizations?"
        confirmLabel="Delete all"
        typed={DELETE_ALL_WORDS}
        onConfirm={async () => {
          const { deleted } = await deleteAllConfigs(client);
          toast(`${String(deleted)} deleted. They wait under “Deleted” for 30 days.`);
        }}
      >
        Every organization goes on with what the install offers, or with nothing. What Meta delivers to their
        own addresses is kept until their credentials are restored.
      </ConfirmDialog>
    </Card>
  );
}

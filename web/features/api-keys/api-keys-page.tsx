/** The keys with which programs act for people. */
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DataList, DataListSkeleton } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { ApiKeyRow } from './api-key-row.tsx';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { apiKeysQuery } from './queries.ts';

export function ApiKeysPage() {
  const [making, setMaking] = useState(false);
  const { data: keys, error, refetch } = useQuery(apiKeysQuery);
  const make = (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      New key
    </Button>
  );
  return (
    <>
      <PageHead
        title="API keys"
        lead={
          <>
            A key lets a program act as you, within the limits you set.{' '}
            <a href="/docs">What programs can do</a>
          </>
        }
        actions={keys && keys.length > 0 && make}
      />
      <Card flush>
        {error && !keys ? (
          <LoadError error={error} onRetry={() => void refetch()} />
        ) : !keys ? (
          <DataListSkeleton />
        ) : keys.length === 0 ? (
          <EmptyState icon={<KeyRound size={24} />} title="No keys yet" actions={make}>
            Make one for each program, so that you can revoke one without stopping the others.
          </EmptyState>
        ) : (
          <DataList label="API keys">
            {keys.map((key) => (
              <ApiKeyRow key={key.id} apiKey={key} />
            ))}
          </DataList>
        )}
      </Card>
      <CreateKeyDialog open={making} onOpenChange={setMaking} />
    </>
  );
}

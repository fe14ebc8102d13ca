/** What was begun and stopped: go on, or let it be. Nothing is shown when there is nothing. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RotateCw } from 'lucide-react';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DataList, DataRow } from '../../ui/data-list.tsx';
import { describeError } from '../../lib/api.ts';
import { toast } from '../../ui/toast.tsx';
import { endConnection, unfinishedQuery, type Connection } from './queries.ts';

export function UnfinishedConnections() {
  const { data = [] } = useQuery(unfinishedQuery);
  if (data.length === 0) return null;
  return (
    <Card title="Begun, not finished" flush>
      <DataList label="Begun, not finished">
        {data.map((connection) => (
          <Unfinished key={connection.id} connection={connection} />
        ))}
      </DataList>
    </Card>
  );
}

function Unfinished({ connection }: { connection: Connection }) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => endConnection(connection.id),
    onSuccess: () => client.invalidateQueries({ queryKey: unfinishedQuery.queryKey }),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  const name = connection.name ?? (connection.waba_id ? `Account ${connection.waba_id}` : 'An account');
  return (
    <DataRow
      leading={<RotateCw size={18} aria-hidden />}
      title={name}
      detail={connection.error?.message ?? 'Waits for you to go on.'}
      actions={
        <>
          <Button variant="ghost" size="s" busy={end.isPending} onClick={() => end.mutate()}>
            Drop
          </Button>
          <Link
            to="/connect/$connectionId"
            params={{ connectionId: connection.id }}
            className={buttonClass('secondary', 's')}
            aria-label={`Continue with ${name}`}
          >
            Continue
          </Link>
        </>
      }
    />
  );
}

/**
 * One connection on its way: every step as it happens. This page drives it, one request a step; whoever opens it later, after an
 * error, a crash or a closed tab, goes on where it stopped.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useEffect } from 'react';
import { ApiError, describeError } from '../../lib/api.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { chooseAccount } from '../shell/use-accounts.ts';
import { ChooseAccount } from './choose-account.tsx';
import { ConnectionDone } from './connection-done.tsx';
import { ConnectionSteps } from './connection-steps.tsx';
import { connectionQuery, continueConnection, refreshAccounts, type Connection } from './queries.ts';
import styles from './connect-page.module.css';

/** While another tab or process does a step. */
const ASK_AGAIN_MS = 1_000;

export function ConnectionPage() {
  const { connectionId } = useParams({ from: '/inside/connect/$connectionId' });
  const { data, error, refetch } = useQuery(connectionQuery(connectionId));
  return (
    <div className={styles['page']}>
      <div className={styles['column']}>
        <Link to="/connect" className={styles['back']}>
          <ArrowLeft size={15} aria-hidden /> Connect WhatsApp
        </Link>
        {data && <Progress connection={data} />}
        {!data && error && <NotShown error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton className={styles['waiting'] ?? ''} />}
      </div>
    </div>
  );
}

/** What is not there will not be there on another try either: the way back stands above. */
function NotShown({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <Callout tone="bad" action={!isGone && <Button onClick={onRetry}>Try again</Button>}>
      {describeError(error)}
    </Callout>
  );
}

/** Keeps going while there is something to do; gives what went wrong with asking. */
function useDrive(connection: Connection) {
  const client = useQueryClient();
  const key = connectionQuery(connection.id).queryKey;
  const step = useMutation({
    mutationFn: () => continueConnection(connection.id),
    onSuccess: async (next) => {
      if (next.status === 'done') {
        await refreshAccounts(client);
        if (next.waba_id) chooseAccount(next.waba_id);
      }
      client.setQueryData(key, next);
    },
  });
  const { mutate, isPending, isError } = step;
  const runs = connection.status === 'running' && !isPending && !isError;
  useEffect(() => {
    if (!runs) return;
    const timer = setTimeout(() => mutate(), connection.busy ? ASK_AGAIN_MS : 0);
    return () => clearTimeout(timer);
  }, [runs, connection, mutate]);
  return step;
}

function Progress({ connection }: { connection: Connection }) {
  const client = useQueryClient();
  const drive = useDrive(connection);
  const key = connectionQuery(connection.id).queryKey;
  if (connection.status === 'done') return <ConnectionDone connection={connection} />;
  return (
    <>
      <h1 className={styles['title']}>{titleOf(connection)}</h1>
      <div className={styles['panel']}>
        <ConnectionSteps connection={connection} asking={drive.isPending} />
        {connection.status === 'choosing' && (
          <ChooseAccount connection={connection} onChosen={(next) => client.setQueryData(key, next)} />
        )}
        {drive.isError && (
          <div className={styles['below']}>
            <Callout tone="bad" action={<Button onClick={() => drive.mutate()}>Try again</Button>}>
              {describeError(drive.error)}
            </Callout>
          </div>
        )}
        {connection.error && (
          <Stopped connection={connection} busy={drive.isPending} onContinue={() => drive.mutate()} />
        )}
      </div>
    </>
  );
}

function titleOf({ status, name }: Connection): string {
  if (status === 'cancelled') return 'Nothing was connected';
  if (status === 'failed') return 'Connecting stopped';
  if (status === 'choosing') return 'Which account?';
  return name ? `Connecting ${name}` : 'Connecting';
}

type StoppedProps = { connection: Connection; busy: boolean; onContinue: () => void };

function Stopped({ connection, busy, onContinue }: StoppedProps) {
  const { error, status } = connection;
  if (!error) return null;
  return (
    <div className={styles['below']}>
      <Callout tone={status === 'cancelled' ? 'info' : 'bad'}>{error.message}</Callout>
      <div className={styles['row']}>
        {error.can_continue && (
          <Button variant="primary" busy={busy} onClick={onContinue}>
            Continue
          </Button>
        )}
        <Link to="/connect" className={buttonClass(error.can_continue ? 'secondary' : 'primary')}>
          Begin anew
        </Link>
      </div>
    </div>
  );
}

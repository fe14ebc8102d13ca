/** Where the person is signed in, and the way to end any of these sessions, or all others. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Monitor, Smartphone, SquareTerminal } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { announceSignedOut } from '../../lib/session.ts';
import { timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DataList, DataListSkeleton, DataRow } from '../../ui/data-list.tsx';
import { toast } from '../../ui/toast.tsx';
import { revokeSession, sessionsQuery, type Session } from '../sign-in/queries.ts';
import { describeDevice } from './describe-device.ts';
import { endOtherSessions } from './queries.ts';
import styles from './security-page.module.css';

export function SessionsCard() {
  const { data, isPending, error } = useQuery(sessionsQuery);
  const others = data?.filter((session) => !session.current).length ?? 0;
  return (
    <Card
      title="Signed-in devices"
      about="End a session that you do not know or no longer use."
      aside={others > 0 && <EndOthers count={others} />}
      flush
    >
      {isPending ? (
        <DataListSkeleton rows={2} />
      ) : error ? (
        <div className={styles['problem']}>
          <Callout tone="bad">{describeError(error)}</Callout>
        </div>
      ) : (
        <DataList label="Signed-in devices">
          {[...data]
            .sort((one, other) => Number(other.current) - Number(one.current))
            .map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
        </DataList>
      )}
    </Card>
  );
}

function EndOthers({ count }: { count: number }) {
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button size="s" onClick={() => setAsking(true)}>
        Sign out everywhere else
      </Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Sign out everywhere else?"
        confirmLabel="Sign out"
        onConfirm={async () => {
          const { ended } = await endOtherSessions();
          toast(ended === 1 ? 'One session ended' : `${ended} sessions ended`);
          await client.invalidateQueries(sessionsQuery);
        }}
      >
        {count === 1 ? 'One other session ends' : `${count} other sessions end`} at once. This device stays
        signed in.
      </ConfirmDialog>
    </>
  );
}

const icons = { computer: Monitor, phone: Smartphone, program: SquareTerminal };

function SessionRow({ session }: { session: Session }) {
  const now = useNow();
  const client = useQueryClient();
  const device = describeDevice(session.user_agent);
  const Icon = icons[device.kind];
  const end = useMutation({
    mutationFn: () => revokeSession(session.id),
    onSuccess: () => (session.current ? announceSignedOut() : client.invalidateQueries(sessionsQuery)),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  return (
    <DataRow
      leading={<Icon size={18} aria-hidden />}
      title={device.name}
      badges={session.current && <Badge tone="good">This device</Badge>}
      detail={`Last used ${timeAgo(new Date(session.last_used_at), now)}`}
      actions={
        <Button
          size="s"
          variant={session.current ? 'secondary' : 'danger'}
          busy={end.isPending}
          aria-label={session.current ? 'Sign out here' : `End session on ${device.name}`}
          onClick={() => end.mutate()}
        >
          {session.current ? 'Sign out' : 'End'}
        </Button>
      }
    />
  );
}

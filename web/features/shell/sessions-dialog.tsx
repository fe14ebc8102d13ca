/** Where the person is signed in, and the way to end any of these sessions. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Monitor, Smartphone, SquareTerminal } from 'lucide-react';
import { describeError } from '../../lib/api.ts';
import { announceSignedOut } from '../../lib/session.ts';
import { timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';
import { revokeSession, sessionsQuery, type Session } from '../sign-in/queries.ts';
import { describeDevice } from './describe-device.ts';
import styles from './sessions-dialog.module.css';

type SessionsDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

export function SessionsDialog({ open, onOpenChange }: SessionsDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Signed-in devices"
      description="End a session that you do not know or no longer use."
    >
      <Sessions />
    </Dialog>
  );
}

function Sessions() {
  const { data, isPending, error } = useQuery(sessionsQuery);
  if (isPending) {
    return (
      <div className={styles['list']} aria-busy>
        <Skeleton className={styles['loading'] ?? ''} />
        <Skeleton className={styles['loading'] ?? ''} />
      </div>
    );
  }
  if (error) return <Callout tone="bad">{describeError(error)}</Callout>;
  return (
    <ul className={styles['list']}>
      {[...data]
        .sort((one, other) => Number(other.current) - Number(one.current))
        .map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
    </ul>
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
    <li className={styles['session']}>
      <span className={styles['icon']}>
        <Icon size={18} aria-hidden />
      </span>
      <div className={styles['text']}>
        <div className={styles['device']}>
          {device.name}
          {session.current && <span className={styles['current']}>This device</span>}
        </div>
        <div className={styles['used']}>Last used {timeAgo(new Date(session.last_used_at), now)}</div>
      </div>
      <Button
        size="s"
        variant={session.current ? 'secondary' : 'danger'}
        busy={end.isPending}
        aria-label={session.current ? 'Sign out here' : `End session on ${device.name}`}
        onClick={() => end.mutate()}
      >
        {session.current ? 'Sign out' : 'End'}
      </Button>
    </li>
  );
}

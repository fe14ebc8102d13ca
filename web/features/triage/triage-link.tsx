/** The way to triage in the header, with how many wait. Owners only: nobody else can do anything there. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Split } from 'lucide-react';
import { useEffect } from 'react';
import { buttonClass } from '../../ui/button.tsx';
import { useInbox } from '../shell/inbox-context.tsx';
import { waitingCountQuery } from './queries.ts';
import styles from './triage-link.module.css';

const most = 99;

export function TriageLink() {
  const { me, events } = useInbox();
  const client = useQueryClient();
  const isOwner = me.permissions.includes('organization:manage');
  const { data: count = 0 } = useQuery({ ...waitingCountQuery, enabled: isOwner });
  useEffect(() => {
    const refresh = () => void client.invalidateQueries({ queryKey: ['triage'] });
    const stops = [
      events.on('triage.changed', refresh),
      events.on('resync', refresh),
      events.onReconnected(refresh),
    ];
    return () => stops.forEach((stop) => stop());
  }, [client, events]);
  if (!isOwner) return null;
  return (
    <Link
      to="/triage"
      className={`${buttonClass('ghost', 's')} ${styles['link'] ?? ''}`}
      aria-label={count === 0 ? 'Triage' : `Triage, ${count} waiting`}
    >
      <Split size={16} aria-hidden />
      <span className={styles['word']}>Triage</span>
      {count > 0 && (
        <span className={styles['count']} aria-hidden>
          {count > most ? `${most}+` : count}
        </span>
      )}
    </Link>
  );
}

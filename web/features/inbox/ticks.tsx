/** How far an outbound message has come: clock, one tick, two ticks, two coloured ticks, or a warning. */
import { Check, CheckCheck, CircleHelp, CirclePause, Clock3, TriangleAlert } from 'lucide-react';
import { classNames } from '../../lib/class-names.ts';
import { isWaiting, type MessageStatus } from './model.ts';
import styles from './ticks.module.css';

const looks = {
  queued: { Icon: Clock3, label: 'Queued', tone: null },
  sending: { Icon: Clock3, label: 'Sending', tone: null },
  unknown: { Icon: CircleHelp, label: 'Not confirmed', tone: 'warn' },
  sent: { Icon: Check, label: 'Sent', tone: null },
  delivered: { Icon: CheckCheck, label: 'Delivered', tone: null },
  read: { Icon: CheckCheck, label: 'Read', tone: 'read' },
  played: { Icon: CheckCheck, label: 'Played', tone: 'read' },
  failed: { Icon: TriangleAlert, label: 'Failed', tone: 'bad' },
} as const;

const waiting = { Icon: CirclePause, label: 'Waits: sending is paused', tone: 'warn' } as const;

type TicksProps = { status: MessageStatus; waits?: string | null; size?: number };

/** Nothing for an inbound message. */
export function Ticks({ status, waits = null, size = 16 }: TicksProps) {
  if (status === 'received') return null;
  const { Icon, label, tone } = isWaiting({ status, waits }) ? waiting : looks[status];
  const small = Icon === Clock3 || Icon === CirclePause || Icon === TriangleAlert || Icon === CircleHelp;
  return (
    <span
      role="img"
      aria-label={label}
      title={label}
      className={classNames(styles['ticks'], tone && styles[tone])}
    >
      <Icon size={small ? size - 2.5 : size} strokeWidth={2.2} aria-hidden />
    </span>
  );
}

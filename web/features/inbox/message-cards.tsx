/** Contents that stand in a thread as cards: places, calls, forms, orders. */
import { ClipboardList, MapPin, Phone, PhoneMissed, ShoppingBag } from 'lucide-react';
import type { ReactNode } from 'react';
import { BubbleCard, BubbleCardWords } from '../../ui/bubble-card.tsx';
import type { MessageContent, OrderLine } from './message-content.ts';
import type { Message } from './model.ts';
import styles from './message-body.module.css';

type CardProps = { icon: ReactNode; title: string; detail: string | null; href?: string };

export function Card({ icon, title, detail, href }: CardProps) {
  const link = href ? { href, target: '_blank', rel: 'noopener noreferrer' } : undefined;
  return (
    <BubbleCard icon={icon} link={link}>
      <BubbleCardWords title={title} detail={detail} />
    </BubbleCard>
  );
}

export function Location({ location }: { location: Extract<MessageContent, { kind: 'location' }> }) {
  const { latitude, longitude, title, address } = location;
  const place = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const href = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  return (
    <Card icon={<MapPin size={20} />} title={title ?? 'Location'} detail={address ?? place} href={href} />
  );
}

type CallProps = { direction: Message['direction']; missed: boolean; seconds: number | null };

export function Call({ direction, missed, seconds }: CallProps) {
  return (
    <Card
      icon={missed ? <PhoneMissed size={20} /> : <Phone size={20} />}
      title={callTitle(direction, missed)}
      detail={seconds ? formatDuration(seconds) : null}
    />
  );
}

function callTitle(direction: Message['direction'], missed: boolean): string {
  if (missed) return direction === 'inbound' ? 'Missed call' : 'Call was not answered';
  return direction === 'inbound' ? 'Incoming call' : 'Outgoing call';
}

/** "1:05", "1:02:03". */
function formatDuration(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

export function Form({ fields, words }: { fields: { name: string; value: string }[]; words: string }) {
  if (fields.length === 0) {
    return <Card icon={<ClipboardList size={20} />} title={words || 'A form was filled in'} detail={null} />;
  }
  return (
    <>
      <Card icon={<ClipboardList size={20} />} title="Form" detail={words || null} />
      <dl className={styles['fields']}>
        {fields.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

export function Order({ lines }: { lines: OrderLine[] }) {
  const items = lines.reduce((sum, line) => sum + line.quantity, 0);
  return (
    <>
      <Card
        icon={<ShoppingBag size={20} />}
        title="Order"
        detail={items === 1 ? '1 item' : `${items} items`}
      />
      <ul className={styles['order']}>
        {lines.map((line, index) => (
          <li key={index}>
            <span>
              {line.quantity} × {line.name}
            </span>
            {line.price !== null && <span>{formatMoney(line.quantity * line.price, line.currency)}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** A currency that is none is shown as it came. */
function formatMoney(amount: number, currency: string | null): string {
  try {
    return new Intl.NumberFormat(undefined, currency ? { style: 'currency', currency } : {}).format(amount);
  } catch {
    return `${amount} ${currency ?? ''}`.trim();
  }
}

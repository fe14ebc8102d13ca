/** What a message holds, shown by its type: compactly, and honestly where there is nothing to show. */
import {
  Ban,
  CircleUserRound,
  ClipboardList,
  CornerDownRight,
  LayoutTemplate,
  MapPin,
  MessageCircleQuestion,
  Phone,
  PhoneMissed,
  ShoppingBag,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { formatPhone } from '../../lib/phone.ts';
import { mediaIcons, type MediaName } from '../media/media-names.ts';
import { MediaView } from '../media/media-view.tsx';
import { readContent, type MessageContent, type OrderLine } from './message-content.ts';
import type { Message } from './model.ts';
import { RichText } from './rich-text.tsx';
import styles from './message-body.module.css';

type Media = Extract<MessageContent, { kind: 'media' }>;

const mediaNames: Record<Media['medium'], MediaName> = {
  photo: 'Photo',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
};

export function MessageBody({ message }: { message: Message }) {
  const content = readContent(message);
  switch (content.kind) {
    case 'text':
      return <RichText text={message.text} />;
    case 'media': {
      const name = mediaNames[content.medium];
      const Icon = mediaIcons[name];
      return (
        <>
          {message.media ? (
            <MediaView media={message.media} name={name} conversationId={message.conversation_id} />
          ) : (
            <Card
              icon={<Icon size={20} />}
              title={content.title ?? name}
              detail={content.title ? name : null}
            />
          )}
          {message.text && message.text !== content.title && <RichText text={message.text} />}
        </>
      );
    }
    case 'location':
      return <Location location={content} />;
    case 'contacts':
      if (content.contacts.length === 0) {
        return <Card icon={<CircleUserRound size={20} />} title={message.text || 'Contact'} detail={null} />;
      }
      return content.contacts.map((contact, index) => (
        <Card
          key={index}
          icon={<CircleUserRound size={20} />}
          title={contact.name}
          detail={
            [contact.phone && formatPhone(contact.phone), contact.detail].filter(Boolean).join(' · ') || null
          }
        />
      ));
    case 'choice':
      return (
        <span className={styles['choice']}>
          <CornerDownRight size={15} aria-label="Chose" role="img" />
          <RichText text={message.text || 'A choice without text'} />
        </span>
      );
    case 'form':
      return <Form fields={content.fields} words={message.text} />;
    case 'order':
      return (
        <>
          <Order lines={content.lines} />
          {message.text && <RichText text={message.text} />}
        </>
      );
    case 'call':
      return (
        <Card
          icon={content.missed ? <PhoneMissed size={20} /> : <Phone size={20} />}
          title={callTitle(message.direction, content.missed)}
          detail={content.seconds ? formatDuration(content.seconds) : null}
        />
      );
    case 'template':
      return (
        <>
          {message.text ? (
            <RichText text={message.text} />
          ) : (
            <Card icon={<LayoutTemplate size={20} />} title="Template message" detail={content.name} />
          )}
        </>
      );
    case 'deleted':
      return (
        <span className={styles['quiet']}>
          <Ban size={15} aria-hidden />
          This message was deleted
        </span>
      );
    case 'notice':
      return <RichText text={message.text} />;
    case 'unsupported':
      return (
        <span className={styles['quiet']}>
          <MessageCircleQuestion size={16} aria-hidden />
          <span>
            {content.type === 'media_placeholder'
              ? 'A file from before the connection'
              : `Unsupported message (${content.type.replaceAll('_', ' ')})`}
            {content.reason && `: ${content.reason}`}
          </span>
        </span>
      );
  }
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

function Form({ fields, words }: { fields: { name: string; value: string }[]; words: string }) {
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

function Order({ lines }: { lines: OrderLine[] }) {
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

function Location({ location }: { location: Extract<MessageContent, { kind: 'location' }> }) {
  const { latitude, longitude, title, address } = location;
  const place = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const href = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  return (
    <a data-card className={styles['cardLink']} href={href} target="_blank" rel="noopener noreferrer">
      <Card icon={<MapPin size={20} />} title={title ?? 'Location'} detail={address ?? place} />
    </a>
  );
}

function Card({ icon, title, detail }: { icon: ReactNode; title: string; detail: string | null }) {
  return (
    <span className={styles['card']} data-card>
      <span className={styles['icon']} aria-hidden>
        {icon}
      </span>
      <span className={styles['lines']}>
        <span className={styles['title']}>{title}</span>
        {detail && <span className={styles['detail']}>{detail}</span>}
      </span>
    </span>
  );
}

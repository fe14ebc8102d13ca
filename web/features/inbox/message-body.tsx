/** What a message holds, shown by its type: compactly, and honestly where there is nothing to show. */
import {
  Ban,
  CircleUserRound,
  CornerDownRight,
  LayoutTemplate,
  MapPin,
  MessageCircleQuestion,
  ShoppingBag,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { formatPhone } from '../../lib/phone.ts';
import { mediaIcons, type MediaName } from '../media/media-names.ts';
import { MediaView } from '../media/media-view.tsx';
import { readContent, type MessageContent } from './message-content.ts';
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
          detail={contact.phone ? formatPhone(contact.phone) : null}
        />
      ));
    case 'reaction':
      return content.emoji ? (
        <span className={styles['reaction']}>
          <span className={styles['emoji']}>{content.emoji}</span> Reacted to a message
        </span>
      ) : (
        <span className={styles['quiet']}>Removed a reaction</span>
      );
    case 'choice':
      return (
        <span className={styles['choice']}>
          <CornerDownRight size={15} aria-label="Chose" role="img" />
          <RichText text={message.text || 'A choice without text'} />
        </span>
      );
    case 'order':
      return (
        <>
          <Card
            icon={<ShoppingBag size={20} />}
            title="Order"
            detail={content.items === 1 ? '1 item' : `${content.items} items`}
          />
          {message.text && <RichText text={message.text} />}
        </>
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
    case 'edited':
      return (
        <>
          <span className={styles['label']}>Edited a message. It now reads:</span>
          <RichText text={message.text || 'Nothing'} />
        </>
      );
    case 'deleted':
      return (
        <span className={styles['quiet']}>
          <Ban size={15} aria-hidden />
          Deleted a message
        </span>
      );
    case 'notice':
    case 'unsupported':
      return (
        <span className={styles['quiet']}>
          <MessageCircleQuestion size={16} aria-hidden />
          Unsupported message ({content.kind === 'unsupported' ? content.type : 'notice'})
        </span>
      );
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

/** What a message holds, shown by its type: compactly, and honestly where there is nothing to show. */
import { Ban, CircleUserRound, CornerDownRight, LayoutTemplate, MessageCircleQuestion } from 'lucide-react';
import { formatPhone } from '../../lib/phone.ts';
import { mediaIcons, type MediaName } from '../media/media-names.ts';
import { MediaView } from '../media/media-view.tsx';
import { readContent, type MessageContent } from './message-content.ts';
import type { Message } from './model.ts';
import { Call, Card, Form, Location, Order } from './message-cards.tsx';
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
    case 'question':
      return (
        <>
          <RichText text={message.text} />
          {content.options.length > 0 && (
            <ul className={styles['order']} aria-label="To choose from">
              {content.options.map((option, index) => (
                <li key={index}>{option}</li>
              ))}
            </ul>
          )}
        </>
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
      return <Call direction={message.direction} missed={content.missed} seconds={content.seconds} />;
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

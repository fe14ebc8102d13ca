import { Fragment } from 'react';
import { readRichText, type TextPart } from './read-rich-text.ts';
import styles from './rich-text.module.css';

const emojiOnly = /^(?:\p{RGI_Emoji}\s?){1,3}$/v;

/** The text of a message with its links and WhatsApp's formatting. */
export function RichText({ text }: { text: string }) {
  if (emojiOnly.test(text)) return <span className={styles['emoji']}>{text}</span>;
  return (
    <span className={styles['text']} dir="auto">
      <Parts parts={readRichText(text)} />
    </span>
  );
}

function Parts({ parts }: { parts: TextPart[] }) {
  return parts.map((part, index) => <Fragment key={index}>{render(part)}</Fragment>);
}

function render(part: TextPart) {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return <code className={styles['code']}>{part.text}</code>;
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      );
    case 'bold':
      return (
        <strong>
          <Parts parts={part.parts} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Parts parts={part.parts} />
        </em>
      );
    case 'struck':
      return (
        <s>
          <Parts parts={part.parts} />
        </s>
      );
  }
}

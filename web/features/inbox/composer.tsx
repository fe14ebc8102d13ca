/** Where the answer is written. Grows with the text, keeps it as a draft, and says when WhatsApp does not allow it. */
import { useQueryClient } from '@tanstack/react-query';
import { BellOff, CircleSlash2, Clock, LockKeyhole, SendHorizontal } from 'lucide-react';
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useSyncExternalStore,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { classNames } from '../../lib/class-names.ts';
import { useMediaQuery } from '../../lib/use-media-query.ts';
import { useNow } from '../../lib/use-now.ts';
import { usePausedSending } from '../health/use-paused-sending.ts';
import { useInbox } from '../shell/inbox-context.tsx';
import { maxTextLength, nameOfCustomer, type Conversation } from './model.ts';
import { messagesQuery } from './queries.ts';
import { describeWindow } from './sending-window.ts';
import styles from './composer.module.css';

/** The counter appears when this many characters are left. */
const showCounterBelow = 300;

export function Composer({ conversation }: { conversation: Conversation }) {
  const now = useNow();
  const paused = usePausedSending(conversation.phone_number_id);
  const name = nameOfCustomer(conversation.customer);
  if (conversation.status === 'blocked') {
    return (
      <Closed icon={<CircleSlash2 size={17} aria-hidden />}>
        {name} is blocked: what they write is kept, and nobody can answer. Unblock them to write.
      </Closed>
    );
  }
  if (conversation.refuses_messages) {
    return (
      <Closed icon={<BellOff size={17} aria-hidden />}>
        {name} asked not to be written to. You can answer as soon as they write again.
      </Closed>
    );
  }
  const window = describeWindow(conversation.window_closes_at, now, name);
  if (window.state === 'closed')
    return <Closed icon={<LockKeyhole size={17} aria-hidden />}>{window.text}</Closed>;
  const optedOut = conversation.opted_out_at
    ? `${name} asked not to be written to, but wrote again: answer what they ask, and nothing more.`
    : null;
  const hint = paused ?? (window.state === 'closing' ? window.text : optedOut);
  return <OpenComposer conversation={conversation} hint={hint} />;
}

function Closed({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div className={styles['composer']}>
      <div className={styles['closed']}>
        {icon}
        <p id="composer-reason">{children}</p>
      </div>
      <textarea
        className={styles['hidden']}
        aria-label="Message"
        aria-describedby="composer-reason"
        disabled
      />
    </div>
  );
}

function OpenComposer({ conversation, hint }: { conversation: Conversation; hint: string | null }) {
  const { drafts, outbox } = useInbox();
  const client = useQueryClient();
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useSyncExternalStore(drafts.subscribe, () => drafts.read(conversation.id));
  const mouse = useMediaQuery('(hover: hover) and (pointer: fine)');
  const left = maxTextLength - text.length;
  const sendable = text.trim() !== '' && left >= 0;
  useGrowing(field, text);
  // On a touch screen the focus would bring up the keyboard over what is to be read.
  useEffect(() => {
    if (mouse) field.current?.focus({ preventScroll: true });
  }, [mouse]);

  function send() {
    if (!sendable) return;
    const thread = client.getQueryData(messagesQuery(conversation.id).queryKey);
    const newest = Math.max(
      0,
      ...(thread?.pages.flatMap((page) => page.data.map((message) => message.id)) ?? []),
    );
    outbox.send(conversation.id, text.trim(), newest);
    drafts.write(conversation.id, '');
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className={styles['composer']}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {hint && (
        <p className={styles['hint']} id="composer-hint">
          <Clock size={13} aria-hidden />
          {hint}
        </p>
      )}
      <div className={styles['box']}>
        <textarea
          ref={field}
          className={styles['input']}
          aria-label="Message"
          aria-describedby={hint ? 'composer-hint' : undefined}
          placeholder={`Write to ${nameOfCustomer(conversation.customer)}`}
          rows={1}
          dir="auto"
          value={text}
          onChange={(event) => drafts.write(conversation.id, event.target.value)}
          onKeyDown={onKeyDown}
        />
        {left < showCounterBelow && (
          <span className={classNames(styles['counter'], left < 0 && styles['over'])} role="status">
            {left < 0 ? `${-left} too many` : `${left} left`}
          </span>
        )}
        <button type="submit" className={styles['send']} aria-label="Send" disabled={!sendable}>
          <SendHorizontal size={18} aria-hidden />
        </button>
      </div>
    </form>
  );
}

/** As high as its text, up to what the style sheet allows. */
function useGrowing(field: React.RefObject<HTMLTextAreaElement | null>, text: string) {
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.setProperty('height', 'auto');
    element.style.setProperty('height', `${element.scrollHeight}px`);
  }, [field, text]);
}

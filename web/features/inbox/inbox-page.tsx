/** The list beside what is open; on a phone one of the two. */
import { Outlet, useParams } from '@tanstack/react-router';
import { classNames } from '../../lib/class-names.ts';
import { ConversationList } from './conversation-list.tsx';
import { VisuallyHidden } from '../../ui/visually-hidden.tsx';
import styles from './inbox-page.module.css';

export function InboxPage() {
  const { conversationId } = useParams({ strict: false });
  return (
    <div className={classNames(styles['inbox'], conversationId ? styles['reading'] : null)}>
      <VisuallyHidden>
        <h1>Inbox</h1>
      </VisuallyHidden>
      <section className={styles['list']} aria-label="Inbox">
        <ConversationList />
      </section>
      <section className={styles['open']} aria-label="Conversation">
        <Outlet />
      </section>
    </div>
  );
}

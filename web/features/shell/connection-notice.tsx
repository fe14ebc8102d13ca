import { useSyncExternalStore } from 'react';
import { Spinner } from '../../ui/spinner.tsx';
import { useInbox } from './inbox-context.tsx';
import styles from './connection-notice.module.css';

/** Says quietly that the live connection is down; what is on screen may be old until it is back. */
export function ConnectionNotice() {
  const { events } = useInbox();
  const status = useSyncExternalStore(events.subscribeStatus, events.status);
  return (
    <div role="status" className={styles['place']}>
      {status === 'down' && (
        <span className={styles['notice']}>
          <Spinner size={13} /> Reconnecting…
        </span>
      )}
    </div>
  );
}

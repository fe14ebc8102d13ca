/** The frame around every page inside: header, live connection, page title, shortcuts. */
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { classNames } from '../../lib/class-names.ts';
import { useShortcuts } from '../../lib/use-shortcuts.ts';
import { HealthBanner } from '../health/health-banner.tsx';
import { MessageNotices } from '../notifications/message-notices.tsx';
import { unreadCountLimit, unreadCountQuery } from '../inbox/queries.ts';
import { ConfirmIdentityDialog } from '../sign-in/confirm-identity.tsx';
import { meQuery, setupQuery } from '../sign-in/queries.ts';
import { Header } from './header.tsx';
import { InboxProvider } from './inbox-context.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { VerifyNotice } from './verify-notice.tsx';
import styles from './shell.module.css';

export function Shell() {
  const { data: me } = useSuspenseQuery(meQuery);
  const [shortcutsOpen, setShortcutsOpen] = useState(false);
  const { conversationId } = useParams({ strict: false });
  useUnreadTitle();
  useShortcuts({ '?': () => setShortcutsOpen(true) });
  return (
    <InboxProvider key={me.user.id} me={me}>
      <a className={styles['skip']} href="#content">
        Skip to content
      </a>
      <div className={classNames(styles['shell'], conversationId ? styles['reading'] : null)}>
        <Header onShowShortcuts={() => setShortcutsOpen(true)} />
        <VerifyNotice user={me.user} />
        <HealthBanner />
        <main id="content" className={styles['content']} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <MessageNotices />
      <ConfirmIdentityDialog />
      <ShortcutsDialog open={shortcutsOpen} onOpenChange={setShortcutsOpen} />
    </InboxProvider>
  );
}

function useUnreadTitle() {
  const brand = useQuery(setupQuery).data?.brand_name ?? 'Switchboard';
  const count = useQuery(unreadCountQuery).data ?? 0;
  useEffect(() => {
    const shown = count >= unreadCountLimit ? `${unreadCountLimit - 1}+` : String(count);
    document.title = count > 0 ? `(${shown}) ${brand}` : brand;
    return () => {
      document.title = brand;
    };
  }, [brand, count]);
}

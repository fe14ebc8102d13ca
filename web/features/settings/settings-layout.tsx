/** The frame of the settings: the sections beside the open one; on a phone first the list, then a section with a way back. */
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { ArrowLeft, ChevronLeft } from 'lucide-react';
import { useMe } from '../shell/use-me.ts';
import { NotForYou } from './not-for-you.tsx';
import { sectionAt } from './sections.ts';
import { SettingsNav } from './settings-nav.tsx';
import styles from './settings-layout.module.css';

export function SettingsLayout() {
  const { pathname } = useLocation();
  const me = useMe();
  const section = sectionAt(pathname);
  const isClosed = section !== undefined && !me.permissions.includes(section.permission);
  const inSection = pathname.replace(/\/$/u, '') !== '/settings';
  return (
    <div className={styles['settings']}>
      <aside className={styles['side']}>
        <Link to="/inbox" className={styles['back']}>
          <ArrowLeft size={15} aria-hidden /> Inbox
        </Link>
        <SettingsNav />
      </aside>
      <div className={styles['open']} key={pathname}>
        <div className={styles['column']}>
          {inSection && (
            <Link to="/settings" className={styles['toList']}>
              <ChevronLeft size={18} aria-hidden /> Settings
            </Link>
          )}
          {isClosed ? <NotForYou section={section} /> : <Outlet />}
        </div>
      </div>
    </div>
  );
}

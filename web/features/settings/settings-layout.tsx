/** The frame of the settings: the sections beside the open one; on a phone first the list, then a section with a way back. */
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { ArrowLeft, ChevronLeft } from 'lucide-react';
import { SettingsNav } from './settings-nav.tsx';
import styles from './settings-layout.module.css';

export function SettingsLayout() {
  const { pathname } = useLocation();
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
          <Outlet />
        </div>
      </div>
    </div>
  );
}

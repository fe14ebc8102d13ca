/** `/settings`: the list of sections on a phone; a wide screen has the list at its side and opens the first one. */
import { Link, Navigate } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useMediaQuery } from '../../lib/use-media-query.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { SettingsNav } from './settings-nav.tsx';
import styles from './settings-index.module.css';

export function SettingsIndex() {
  const isWide = useMediaQuery('(min-width: 720px)');
  if (isWide) return <Navigate to="/settings/profile" replace />;
  return (
    <>
      <Link to="/inbox" className={styles['back']}>
        <ArrowLeft size={16} aria-hidden /> Inbox
      </Link>
      <PageHead title="Settings" />
      <SettingsNav />
    </>
  );
}

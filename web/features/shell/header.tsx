/** Brand, the state of the WhatsApp connection, and what belongs to the person. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Keyboard, Smartphone } from 'lucide-react';
import { classNames } from '../../lib/class-names.ts';
import { BrandMark } from '../../ui/brand-mark.tsx';
import { buttonClass, IconButton } from '../../ui/button.tsx';
import { simulatorPhoneUrl } from '../connect/queries.ts';
import { setupQuery } from '../sign-in/queries.ts';
import { TriageLink } from '../triage/triage-link.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { ThemeToggle } from './theme-toggle.tsx';
import { useNumberToWriteTo } from './use-number-to-write-to.ts';
import { UserMenu } from './user-menu.tsx';
import styles from './header.module.css';

export function Header({ onShowShortcuts }: { onShowShortcuts: () => void }) {
  const setup = useQuery(setupQuery).data;
  const number = useNumberToWriteTo();
  const brand = setup?.brand_name ?? 'Switchboard';
  return (
    <header className={styles['header']}>
      <Link to="/inbox" className={styles['brand']} aria-label={`${brand}, inbox`}>
        <BrandMark size={28} />
        <span className={styles['name']}>{brand}</span>
      </Link>
      <AccountMenu />
      <div className={styles['space']} />
      <ConnectionNotice />
      <TriageLink />
      {setup?.simulator && number && (
        <a
          className={classNames(buttonClass('ghost', 's'), styles['phone'])}
          href={simulatorPhoneUrl(number)}
          target="_blank"
          rel="noopener"
          title="Open the simulator’s phone to write to this number as a customer"
        >
          <Smartphone size={16} aria-hidden />
          <span>Simulator phone</span>
        </a>
      )}
      <IconButton
        label="Keyboard shortcuts"
        shortcut="?"
        className={styles['keys'] ?? ''}
        onClick={onShowShortcuts}
      >
        <Keyboard size={18} aria-hidden />
      </IconButton>
      <ThemeToggle />
      <UserMenu />
    </header>
  );
}

/** What opens the choice of WhatsApp accounts: in words, and green only while sending works. */
import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classNames } from '../../lib/class-names.ts';
import styles from './account-menu.module.css';

type AccountPillProps = ComponentProps<'button'> & { account: string; state: string; works: boolean };

export function AccountPill({ account, state, works, ...button }: AccountPillProps) {
  return (
    <button
      type="button"
      {...button}
      className={classNames(styles['pill'], works ? styles['connected'] : styles['broken'])}
    >
      <span className={styles['dot']} />
      <span className={styles['account']}>{account}</span>
      <span className={styles['state']}>{state}</span>
      <ChevronDown size={14} aria-hidden />
    </button>
  );
}

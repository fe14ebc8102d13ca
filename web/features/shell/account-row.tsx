/** An account in the menu of accounts, with how it is. */
import { classNames } from '../../lib/class-names.ts';
import styles from './account-menu.module.css';

export function AccountRow({ name, state, works }: { name: string; state: string; works: boolean }) {
  return (
    <span className={classNames(styles['row'], works ? styles['connected'] : styles['broken'])}>
      <span className={styles['dot']} />
      <span className={styles['lines']}>
        <span>{name}</span>
        <small>{state}</small>
      </span>
    </span>
  );
}

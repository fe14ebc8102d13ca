/** In the header of somebody without an access of their own: how the organization's accounts are, and what they may do with them. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronDown, Plus } from 'lucide-react';
import { classNames } from '../../lib/class-names.ts';
import { formatPhone } from '../../lib/phone.ts';
import { Menu, MenuLink, MenuNote, MenuRadioGroup, MenuRadioItem, MenuSeparator } from '../../ui/menu.tsx';
import { useMe } from './use-me.ts';
import type { SharedAccount } from './use-shared-accounts.ts';
import styles from './account-menu.module.css';

const allNumbers = 'all';

export function SharedAccountsMenu({ accounts }: { accounts: SharedAccount[] }) {
  const { organization } = useMe();
  const navigate = useNavigate();
  const { number } = useSearch({ strict: false });
  const [only] = accounts;
  const name = accounts.length === 1 && only ? only.name : `${String(accounts.length)} accounts`;
  const works = accounts.some((account) => account.pausedReason === null);
  const numbers = accounts.flatMap((account) => account.numbers);
  const filtered = numbers.find((one) => one.phone_number_id === number);
  const showNumber = (value: string) =>
    void navigate({ to: '/inbox', search: value === allNumbers ? {} : { number: value } });
  return (
    <Menu
      label="WhatsApp account"
      align="start"
      wide
      trigger={
        <button
          type="button"
          className={classNames(styles['pill'], works ? styles['connected'] : styles['broken'])}
        >
          <span className={styles['dot']} />
          <span className={styles['account']}>{name}</span>
          <span className={styles['state']}>{works ? stateOf(filtered) : 'Sending is paused'}</span>
          <ChevronDown size={14} aria-hidden />
        </button>
      }
    >
      <MenuNote>
        {accounts.map((account) => (
          <AccountState key={account.waba_id} account={account} />
        ))}
        <p className={styles['explained']}>
          {organization.name} is connected through colleagues. You answer what reaches you; whoever connected
          an account renews or ends its access.
        </p>
      </MenuNote>
      {numbers.length > 0 && (
        <>
          <MenuSeparator />
          <MenuRadioGroup
            label="Show conversations of"
            value={filtered?.phone_number_id ?? allNumbers}
            onChange={showNumber}
          >
            <MenuRadioItem value={allNumbers}>All numbers</MenuRadioItem>
            {numbers.map((one) => (
              <MenuRadioItem key={one.phone_number_id} value={one.phone_number_id}>
                <span className={styles['digits']}>{formatPhone(one.display_phone_number)}</span>
              </MenuRadioItem>
            ))}
          </MenuRadioGroup>
        </>
      )}
      <MenuSeparator />
      <MenuLink>
        <Link to="/connect">
          <Plus size={16} aria-hidden />
          Connect an account of your own
        </Link>
      </MenuLink>
    </Menu>
  );
}

function stateOf(filtered: SharedAccount['numbers'][number] | undefined): string {
  return filtered ? formatPhone(filtered.display_phone_number) : 'Connected by colleagues';
}

function AccountState({ account }: { account: SharedAccount }) {
  const isPaused = account.pausedReason !== null;
  return (
    <span className={classNames(styles['row'], isPaused ? styles['broken'] : styles['connected'])}>
      <span className={styles['dot']} />
      <span className={styles['lines']}>
        <span>{account.name}</span>
        <small>{account.pausedReason ?? 'Connected'}</small>
      </span>
    </span>
  );
}

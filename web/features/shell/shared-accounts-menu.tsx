/** In the header of somebody without an access of their own: how the organization's accounts are, and what they may do with them. */
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { formatPhone } from '../../lib/phone.ts';
import { Menu, MenuLink, MenuNote, MenuSeparator } from '../../ui/menu.tsx';
import { AccountPill } from './account-pill.tsx';
import { AccountRow } from './account-row.tsx';
import { NumberFilter, useShownNumber } from './number-filter.tsx';
import { useMe } from './use-me.ts';
import type { SharedAccount } from './use-shared-accounts.ts';
import styles from './account-menu.module.css';

export function SharedAccountsMenu({ accounts }: { accounts: SharedAccount[] }) {
  const { organization } = useMe();
  const [only] = accounts;
  const name = accounts.length === 1 && only ? only.name : `${String(accounts.length)} accounts`;
  const works = accounts.some((account) => account.pausedReason === null);
  const numbers = accounts.flatMap((account) => account.numbers);
  const shown = useShownNumber(numbers);
  return (
    <Menu
      label="WhatsApp account"
      align="start"
      wide
      trigger={
        <AccountPill account={name} state={works ? stateOf(shown) : 'Sending is paused'} works={works} />
      }
    >
      <MenuNote>
        {accounts.map(({ waba_id: id, name: account, pausedReason }) => (
          <AccountRow
            key={id}
            name={account}
            state={pausedReason ?? 'Connected'}
            works={pausedReason === null}
          />
        ))}
        <p className={styles['explained']}>
          {organization.name} is connected through colleagues. You answer what reaches you; whoever connected
          an account renews or ends its access.
        </p>
      </MenuNote>
      {numbers.length > 0 && (
        <>
          <MenuSeparator />
          <NumberFilter label="Show conversations of" numbers={numbers}>
            {(number) => <span className={styles['digits']}>{formatPhone(number.display_phone_number)}</span>}
          </NumberFilter>
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

function stateOf(shown: SharedAccount['numbers'][number] | undefined): string {
  return shown ? formatPhone(shown.display_phone_number) : 'Connected by colleagues';
}

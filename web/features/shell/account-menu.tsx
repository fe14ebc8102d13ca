/**
 * The WhatsApp connection, honestly: green only when the account is connected, by oneself or by colleagues, and in words. Opens the choice of account
 * and of the number whose conversations the inbox shows.
 */
import { Link } from '@tanstack/react-router';
import { Plug, Plus, RotateCw } from 'lucide-react';
import { classNames } from '../../lib/class-names.ts';
import { formatPhone } from '../../lib/phone.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Menu, MenuLink, MenuRadioGroup, MenuRadioItem, MenuSeparator } from '../../ui/menu.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { describeAccount, nameOfAccount } from '../connect/account-state.ts';
import type { PhoneNumber, WabaAccount } from '../connect/queries.ts';
import { AccountPill } from './account-pill.tsx';
import { AccountRow } from './account-row.tsx';
import { NumberFilter, useShownNumber } from './number-filter.tsx';
import { SharedAccountsMenu } from './shared-accounts-menu.tsx';
import { chooseAccount, useAccounts } from './use-accounts.ts';
import { useSharedAccounts } from './use-shared-accounts.ts';
import styles from './account-menu.module.css';

export function AccountMenu() {
  const { accounts, selected, isPending, isError, refetch } = useAccounts();
  const shared = useSharedAccounts(!isPending && !isError && selected === null);
  if (isPending || shared.isPending) return <Skeleton className={styles['loading'] ?? ''} />;
  if (isError || shared.isError) {
    return (
      <button
        type="button"
        className={styles['pill']}
        onClick={() => void (isError ? refetch() : shared.refetch())}
      >
        <RotateCw size={14} aria-hidden />
        <span className={styles['state']}>WhatsApp status unknown. Try again</span>
      </button>
    );
  }
  if (!selected && shared.accounts.length > 0) return <SharedAccountsMenu accounts={shared.accounts} />;
  if (!selected) {
    return (
      <Link to="/connect" className={classNames(buttonClass('secondary', 's'), styles['connect'])}>
        <Plug size={15} aria-hidden />
        <span>
          <span className={styles['wide']}>WhatsApp is not connected</span>
          <span className={styles['narrow']}>Not connected</span>
        </span>
      </Link>
    );
  }
  return <SelectedAccount accounts={accounts} selected={selected} />;
}

function SelectedAccount({ accounts, selected }: { accounts: WabaAccount[]; selected: WabaAccount }) {
  const state = describeAccount(selected, new Date());
  const numbers = selected.phone_numbers;
  const shown = useShownNumber(numbers);
  const isGood = state.tone === 'good';
  return (
    <Menu
      label="WhatsApp account"
      align="start"
      wide
      trigger={
        <AccountPill
          account={nameOfAccount(selected)}
          state={isGood ? summaryOfNumbers(numbers, shown) : state.label}
          works={state.tone !== 'bad'}
        />
      }
    >
      {accounts.length > 1 && (
        <>
          <AccountChoice accounts={accounts} selected={selected} />
          <MenuSeparator />
        </>
      )}
      {numbers.length > 0 && (
        <NumberFilter label={`Show conversations of ${nameOfAccount(selected)}`} numbers={numbers}>
          {(number) => <NumberRow number={number} />}
        </NumberFilter>
      )}
      <MenuSeparator />
      <MenuLink>
        <Link to="/connect">
          <Plus size={16} aria-hidden />
          {isGood ? 'Connect or disconnect accounts' : 'Connect again'}
        </Link>
      </MenuLink>
    </Menu>
  );
}

function AccountChoice({ accounts, selected }: { accounts: WabaAccount[]; selected: WabaAccount }) {
  return (
    <MenuRadioGroup label="WhatsApp accounts" value={selected.waba_id} onChange={chooseAccount}>
      {accounts.map((account) => {
        const { tone, label } = describeAccount(account, new Date());
        return (
          <MenuRadioItem key={account.waba_id} value={account.waba_id}>
            <AccountRow name={nameOfAccount(account)} state={label} works={tone !== 'bad'} />
          </MenuRadioItem>
        );
      })}
    </MenuRadioGroup>
  );
}

function NumberRow({ number }: { number: PhoneNumber }) {
  const details = [
    number.verified_name,
    number.mode === 'central' ? 'Shared number' : null,
    number.status !== 'CONNECTED' && number.status !== 'UNKNOWN' ? number.status.toLowerCase() : null,
    number.quality_rating && /yellow|red|medium|low/iu.test(number.quality_rating)
      ? 'Low quality rating'
      : null,
  ].filter(Boolean);
  return (
    <span className={styles['lines']}>
      <span className={styles['digits']}>{formatPhone(number.display_phone_number)}</span>
      {details.length > 0 && <small>{details.join(' · ')}</small>}
    </span>
  );
}

function summaryOfNumbers(numbers: PhoneNumber[], filtered: PhoneNumber | undefined): string {
  const one = filtered ?? (numbers.length === 1 ? numbers[0] : undefined);
  if (one) return formatPhone(one.display_phone_number);
  return numbers.length === 0 ? 'Connected, no number yet' : `${numbers.length} numbers`;
}

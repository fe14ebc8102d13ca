/** Settings → Health: what is wrong with each account, what to do, and what happened. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { HeartPulse, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { CardSkeleton } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { toast } from '../../ui/toast.tsx';
import { useInbox } from '../shell/inbox-context.tsx';
import { AccountCard } from './account-card.tsx';
import { EventTimeline } from './event-timeline.tsx';
import { checkAccount, healthQuery, type AccountHealth } from './queries.ts';
import styles from './health-page.module.css';

export function HealthPage() {
  const { me } = useInbox();
  const { data: accounts, isPending, error, refetch } = useQuery(healthQuery);
  const canFix = me.permissions.includes('organization:manage');
  return (
    <>
      <PageHead
        title="Health"
        lead="What keeps your WhatsApp accounts working, and what to do when something does not."
        actions={
          canFix &&
          accounts &&
          (accounts.length > 1 || accounts.some(isAsked)) && <CheckAll accounts={accounts} />
        }
      />
      {isPending && <CardSkeleton lines={5} />}
      {error && (
        <Callout tone="bad" action={<Button onClick={() => void refetch()}>Try again</Button>}>
          {describeError(error)}
        </Callout>
      )}
      {accounts?.length === 0 && <NoAccounts />}
      {accounts?.map((account) => (
        <AccountCard key={account.waba_id} account={account} canFix={canFix} />
      ))}
      {accounts && accounts.length > 0 && (
        <EventTimeline names={new Map(accounts.map((one) => [one.waba_id, one.name ?? one.waba_id]))} />
      )}
    </>
  );
}

/** Until it was checked, an account offers that in its own place. */
const isAsked = (account: AccountHealth) => account.checked_at !== null;

function NoAccounts() {
  return (
    <EmptyState
      icon={<HeartPulse size={24} />}
      title="No account to look at yet"
      actions={
        <Link to="/connect" className={buttonClass('primary')}>
          Connect WhatsApp
        </Link>
      }
    >
      Connect a WhatsApp account: from then on it is looked at every day.
    </EmptyState>
  );
}

/** Looks at one account after the other, and says at which one it is. */
function CheckAll({ accounts }: { accounts: AccountHealth[] }) {
  const client = useQueryClient();
  const [done, setDone] = useState<number | null>(null);

  async function run() {
    try {
      for (const [index, account] of accounts.entries()) {
        setDone(index);
        await checkAccount(client, account.waba_id);
      }
      toast(accounts.length === 1 ? 'The account was checked.' : `${accounts.length} accounts were checked.`);
    } catch (error) {
      toast(describeError(error), { tone: 'bad' });
    } finally {
      setDone(null);
    }
  }

  return (
    <div className={styles['run']}>
      <span role="status" className={styles['progress']}>
        {done !== null && `Checking ${done + 1} of ${accounts.length} …`}
      </span>
      <Button icon={<RefreshCw size={15} aria-hidden />} busy={done !== null} onClick={() => void run()}>
        {accounts.length === 1 ? 'Check again' : 'Check all'}
      </Button>
    </div>
  );
}

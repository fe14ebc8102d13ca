/** The accounts that colleagues connected: whoever answers on them needs no connection of their own. */
import { useQuery } from '@tanstack/react-query';
import { formatPhone } from '../../lib/phone.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { DataList, DataRow } from '../../ui/data-list.tsx';
import { useSharedAccounts, type SharedAccount } from '../shell/use-shared-accounts.ts';
import { wabaQuery } from './queries.ts';

export function SharedAccounts() {
  const own = useQuery(wabaQuery).data?.accounts;
  const { accounts } = useSharedAccounts(own !== undefined);
  const others = accounts.filter((account) => !own?.some((one) => one.waba_id === account.waba_id));
  if (others.length === 0) return null;
  return (
    <Card
      title="Connected by colleagues"
      about="What customers write there reaches you too, and you answer it: you need no connection of your own for that. Connect an account as well if you should keep it working when a colleague leaves."
      flush
    >
      <DataList label="Accounts connected by colleagues">
        {others.map((account) => (
          <Account key={account.waba_id} account={account} />
        ))}
      </DataList>
    </Card>
  );
}

function Account({ account: { name, numbers, pausedReason } }: { account: SharedAccount }) {
  const shown = numbers.map((one) => formatPhone(one.display_phone_number)).join(', ');
  return (
    <DataRow
      title={name}
      badges={
        <Badge tone={pausedReason === null ? 'good' : 'bad'}>
          {pausedReason === null ? 'Connected' : 'Sending is paused'}
        </Badge>
      }
      detail={
        <>
          {shown || 'No number yet'}
          {pausedReason !== null && <> · {pausedReason}</>}
        </>
      }
    />
  );
}

/** The accounts that the person has connected, with the way to disconnect each. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Unplug } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { formatPhone } from '../../lib/phone.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DataList, DataRow } from '../../ui/data-list.tsx';
import { toast } from '../../ui/toast.tsx';
import { describeAccount, nameOfAccount } from './account-state.ts';
import { disconnectAccount, refreshAccounts, startConsent, wabaQuery, type WabaAccount } from './queries.ts';

export function ConnectedAccounts() {
  const accounts = useQuery(wabaQuery).data?.accounts ?? [];
  const [leaving, setLeaving] = useState<WabaAccount | null>(null);
  if (accounts.length === 0) return null;
  return (
    <>
      <Card title="Your accounts" flush>
        <DataList label="Your accounts">
          {accounts.map((account) => (
            <Account key={account.waba_id} account={account} onLeave={() => setLeaving(account)} />
          ))}
        </DataList>
      </Card>
      {leaving && <DisconnectDialog account={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function Account({ account, onLeave }: { account: WabaAccount; onLeave: () => void }) {
  const state = describeAccount(account, new Date());
  const numbers = account.phone_numbers.map((one) => formatPhone(one.display_phone_number)).join(', ');
  return (
    <DataRow
      title={nameOfAccount(account)}
      badges={<Badge tone={state.tone}>{state.label}</Badge>}
      detail={
        <>
          {numbers || 'No number yet'}
          {state.hint && <> · {state.hint}</>}
        </>
      }
      actions={
        <>
          {state.tone !== 'good' && <ConnectAgain name={nameOfAccount(account)} />}
          <Button
            variant="ghost"
            size="s"
            icon={<Unplug size={15} aria-hidden />}
            onClick={onLeave}
            aria-label={`Disconnect ${nameOfAccount(account)}`}
          >
            Disconnect
          </Button>
        </>
      }
    />
  );
}

/** The same consent once more: it brings the grant up to date. */
function ConnectAgain({ name }: { name: string }) {
  const start = useMutation({
    mutationFn: () => startConsent('oauth'),
    onSuccess: ({ dialog_url }) => window.location.assign(dialog_url),
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  return (
    <Button
      size="s"
      busy={start.isPending || start.isSuccess}
      onClick={() => start.mutate()}
      aria-label={`Connect ${name} again`}
    >
      Connect again
    </Button>
  );
}

function DisconnectDialog({ account, onClose }: { account: WabaAccount; onClose: () => void }) {
  const client = useQueryClient();
  const name = nameOfAccount(account);
  async function disconnect() {
    const gone = await disconnectAccount(account.waba_id);
    await refreshAccounts(client);
    toast(
      gone.grants_left > 0
        ? `${name} is disconnected for you. Colleagues still use it.`
        : `${name} is disconnected. No more messages arrive.`,
    );
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Disconnect ${name}?`}
      confirmLabel="Disconnect"
      onConfirm={disconnect}
    >
      <p>
        Your access to the account is deleted. Colleagues who connected it too go on as before. If you are the
        last one, no more messages arrive and other organizations may connect its numbers.
      </p>
      <p>Conversations stay. You can connect the account again at any time.</p>
    </ConfirmDialog>
  );
}

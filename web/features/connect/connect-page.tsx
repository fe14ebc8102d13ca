/** Connecting a WhatsApp Business Account: by its id and a token, or a practice account where the simulator runs. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, CheckCircle2, FlaskConical, Smartphone } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { formatPhone } from '../../lib/phone.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { useInbox } from '../shell/inbox-context.tsx';
import { chooseAccount } from '../shell/use-accounts.ts';
import { useSimulator } from '../shell/use-simulator.ts';
import { ConnectForm } from './connect-form.tsx';
import { connectPracticeAccount, simulatorPhoneUrl, wabaQuery, type WabaAccount } from './queries.ts';
import styles from './connect-page.module.css';

export function ConnectPage() {
  const simulator = useSimulator();
  const client = useQueryClient();
  const [connected, setConnected] = useState<WabaAccount | null>(null);

  async function onConnected(account: WabaAccount) {
    chooseAccount(account.waba_id);
    setConnected(account);
    await client.invalidateQueries(wabaQuery);
  }

  return (
    <div className={styles['page']}>
      <div className={styles['column']}>
        <Link to="/inbox" className={styles['back']}>
          <ArrowLeft size={15} aria-hidden /> Inbox
        </Link>
        {connected ? (
          <Connected account={connected} onMore={() => setConnected(null)} />
        ) : (
          <>
            <h1 className={styles['title']}>Connect WhatsApp</h1>
            <p className={styles['lead']}>
              Every message to the account’s numbers will land in your inbox, and you answer from there.
            </p>
            {simulator && <PracticeCard onConnected={(account) => void onConnected(account)} />}
            <ConnectForm quiet={simulator} onConnected={(account) => void onConnected(account)} />
          </>
        )}
      </div>
    </div>
  );
}

function PracticeCard({ onConnected }: { onConnected: (account: WabaAccount) => void }) {
  const { me } = useInbox();
  const connect = useMutation({
    mutationFn: () => connectPracticeAccount(me.organization.name),
    onSuccess: ({ account }) => onConnected(account),
  });
  return (
    <section className={styles['card']} aria-labelledby="practice-title">
      <div className={styles['cardHead']}>
        <span className={styles['cardIcon']} aria-hidden>
          <FlaskConical size={20} />
        </span>
        <div>
          <h2 id="practice-title" className={styles['cardTitle']}>
            Try it with a practice account
          </h2>
          <p className={styles['cardText']}>
            This install runs its own WhatsApp simulator. You get a number and a phone in the browser to write
            to it: no Meta account, no real message, no cost.
          </p>
        </div>
      </div>
      {connect.error && <Callout tone="bad">{describeError(connect.error)}</Callout>}
      <Button variant="primary" busy={connect.isPending} onClick={() => connect.mutate()}>
        Connect a practice account
      </Button>
    </section>
  );
}

function Connected({ account, onMore }: { account: WabaAccount; onMore: () => void }) {
  const simulator = useSimulator();
  const number = account.phone_numbers[0];
  return (
    <section className={styles['done']} role="status">
      <CheckCircle2 size={40} strokeWidth={1.6} aria-hidden />
      <h1 className={styles['title']}>{account.name ?? 'The account'} is connected</h1>
      <p className={styles['lead']}>
        {number
          ? `Messages to ${formatPhone(number.display_phone_number)} now land in your inbox.`
          : 'It has no phone number yet. Add one in WhatsApp Manager, then connect the account again.'}
      </p>
      <div className={styles['actions']}>
        {simulator && number && (
          <a
            className={buttonClass('primary', 'l')}
            href={simulatorPhoneUrl(number.phone_number_id)}
            target="_blank"
            rel="noopener"
          >
            <Smartphone size={17} aria-hidden />
            Write the first message
          </a>
        )}
        <Link to="/inbox" className={buttonClass(simulator && number ? 'secondary' : 'primary', 'l')}>
          Go to the inbox
        </Link>
      </div>
      <Button variant="ghost" size="s" onClick={onMore}>
        Connect another account
      </Button>
    </section>
  );
}

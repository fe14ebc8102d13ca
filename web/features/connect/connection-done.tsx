/** The account is connected: what comes next, and numbers that still need something. */
import { Link } from '@tanstack/react-router';
import { CheckCircle2, Smartphone } from 'lucide-react';
import { formatPhone } from '../../lib/phone.ts';
import { buttonClass } from '../../ui/button.tsx';
import { useSimulator } from '../shell/use-simulator.ts';
import { NumberAttention } from './number-attention.tsx';
import { simulatorPhoneUrl, type Connection } from './queries.ts';
import styles from './connect-page.module.css';

export function ConnectionDone({ connection }: { connection: Connection }) {
  const simulator = useSimulator();
  const waiting = connection.numbers.filter(
    (number) => number.outcome === 'needs_attention' || number.sync === 'needs_attention',
  );
  const ready = connection.numbers.find((number) => number.outcome !== 'needs_attention');
  return (
    <>
      <section className={styles['done']} role="status">
        <CheckCircle2 size={40} strokeWidth={1.6} aria-hidden />
        <h1 className={styles['title']}>{connection.name ?? 'The account'} is connected</h1>
        <p className={styles['lead']}>{whatNow(connection, ready?.display_phone_number ?? null)}</p>
        <div className={styles['actions']}>
          {simulator && ready && (
            <a
              className={buttonClass('primary', 'l')}
              href={simulatorPhoneUrl(ready.phone_number_id)}
              target="_blank"
              rel="noopener"
            >
              <Smartphone size={17} aria-hidden />
              Write the first message
            </a>
          )}
          <Link to="/inbox" className={buttonClass(simulator && ready ? 'secondary' : 'primary', 'l')}>
            Go to the inbox
          </Link>
        </div>
        <Link to="/connect" className={styles['more']}>
          Connect another account
        </Link>
      </section>
      {connection.waba_id !== null &&
        waiting.map((number) => (
          <NumberAttention key={number.phone_number_id} wabaId={connection.waba_id ?? ''} number={number} />
        ))}
    </>
  );
}

function whatNow(connection: Connection, ready: string | null): string {
  const past = connection.numbers.some((number) => number.sync === 'requested')
    ? ' Contacts and chats of the WhatsApp Business app follow; Meta takes minutes to hours for them.'
    : '';
  if (ready) return `Messages to ${formatPhone(ready)} now land in your inbox.${past}`;
  if (connection.numbers.length > 0) return 'Its number needs one more thing before messages can be sent.';
  return 'It has no phone number yet. Add one in WhatsApp Manager, then connect the account again.';
}

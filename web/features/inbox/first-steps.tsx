/** What is left to do until the first conversation, with the next step open. */
import { Link } from '@tanstack/react-router';
import { Check, Smartphone } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../../lib/class-names.ts';
import { formatPhone } from '../../lib/phone.ts';
import { buttonClass } from '../../ui/button.tsx';
import { simulatorPhoneUrl } from '../connect/queries.ts';
import { useInbox } from '../shell/inbox-context.tsx';
import { useAccounts } from '../shell/use-accounts.ts';
import { useNumberToWriteTo } from '../shell/use-number-to-write-to.ts';
import { useSharedAccounts } from '../shell/use-shared-accounts.ts';
import { useSimulator } from '../shell/use-simulator.ts';
import styles from './first-steps.module.css';

export function FirstSteps() {
  const { selected, isPending } = useAccounts();
  const shared = useSharedAccounts(!isPending && selected === null);
  const simulator = useSimulator();
  const { me } = useInbox();
  const toWriteTo = useNumberToWriteTo();
  const number = selected?.phone_numbers[0] ?? shared.accounts[0]?.numbers[0];
  const isConnected = selected !== null || shared.accounts.length > 0;
  if (isPending || shared.isPending) return null;
  return (
    <section className={styles['steps']} aria-labelledby="first-steps-title">
      <h2 id="first-steps-title" className={styles['title']}>
        {isConnected ? 'Ready for the first message' : 'A few steps to your inbox'}
      </h2>
      <ol className={styles['list']}>
        <Step number={1} state="done" title="Create your account" />
        <Step number={2} state={isConnected ? 'done' : 'next'} title="Connect WhatsApp">
          <p>Connect a WhatsApp Business Account, and every message to its numbers lands here.</p>
          <Link to="/connect" className={buttonClass('primary')}>
            Connect an account
          </Link>
        </Step>
        <Step number={3} state={isConnected ? 'next' : 'later'} title="Receive the first message">
          {simulator ? (
            <>
              <p>Write as a customer from the simulator’s phone. The conversation appears here at once.</p>
              <a
                className={buttonClass('primary')}
                href={simulatorPhoneUrl(toWriteTo)}
                target="_blank"
                rel="noopener"
              >
                <Smartphone size={16} aria-hidden />
                Open the simulator phone
              </a>
            </>
          ) : (
            <p>
              Write to {number ? formatPhone(number.display_phone_number) : 'your number'} from any WhatsApp.
              The conversation appears here at once.
            </p>
          )}
        </Step>
        <Step number={4} state="later" title="Answer it" />
        {me.permissions.includes('people:invite') && (
          <Step number={5} state={isConnected ? 'open' : 'later'} title="Invite colleagues">
            <p>Everybody has an inbox of their own. You can do this at any time.</p>
            <Link to="/settings/people" className={buttonClass('secondary', 's')}>
              Invite somebody
            </Link>
          </Step>
        )}
      </ol>
    </section>
  );
}

type StepProps = {
  number: number;
  /** `open`: not the next one, but it can be done already. */
  state: 'done' | 'next' | 'open' | 'later';
  title: string;
  children?: ReactNode;
};

function Step({ number, state, title, children }: StepProps) {
  return (
    <li
      className={classNames(styles['step'], styles[state])}
      aria-current={state === 'next' ? 'step' : undefined}
    >
      <span className={styles['mark']} aria-hidden>
        {state === 'done' ? <Check size={15} strokeWidth={2.6} /> : number}
      </span>
      <div className={styles['content']}>
        <h3 className={styles['name']}>{title}</h3>
        {(state === 'next' || state === 'open') && children}
      </div>
    </li>
  );
}

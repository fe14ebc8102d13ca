/** The steps of a connection, in words, with the one that is under way or that failed. */
import { Check, X } from 'lucide-react';
import { classNames } from '../../lib/class-names.ts';
import { Spinner } from '../../ui/spinner.tsx';
import { VisuallyHidden } from '../../ui/visually-hidden.tsx';
import type { Connection } from './queries.ts';
import styles from './connect-page.module.css';

type StepName = Connection['step'];

const STEPS: { step: StepName; label: string }[] = [
  { step: 'consent', label: 'Your permission' },
  { step: 'exchange', label: 'Access from Meta' },
  { step: 'inspect', label: 'Check what you shared' },
  { step: 'extend', label: 'Make the access last' },
  { step: 'account', label: 'Read the account and its numbers' },
  { step: 'subscribe', label: 'Have messages sent here' },
  { step: 'callback', label: 'Set the address for messages' },
  { step: 'register', label: 'Register the numbers' },
  { step: 'sync', label: 'Ask for the past of the WhatsApp Business app' },
  { step: 'finish', label: 'Finish' },
];

type State = 'past' | 'current' | 'failed' | 'later';
const SPOKEN: Record<State, string> = {
  past: 'done',
  current: 'under way',
  failed: 'failed',
  later: 'not yet',
};

function stateOf(index: number, at: number, status: Connection['status']): State {
  if (index < at) return 'past';
  if (index > at) return 'later';
  if (status === 'failed' || status === 'cancelled') return 'failed';
  return 'current';
}

type ConnectionStepsProps = { connection: Connection; asking: boolean };

export function ConnectionSteps({ connection, asking }: ConnectionStepsProps) {
  // Whoever brings a token needs no consent and no code.
  const steps = connection.kind === 'token' ? STEPS.slice(2) : STEPS;
  const at = steps.findIndex((one) => one.step === connection.step);
  const status = asking ? 'running' : connection.status;
  return (
    <ol className={styles['steps']} aria-label="Progress" aria-live="polite">
      {steps.map(({ step, label }, index) => {
        const state = stateOf(index, at, status);
        return (
          <li
            key={step}
            className={classNames(styles['step'], styles[state])}
            aria-current={state === 'current' ? 'step' : undefined}
          >
            <span className={styles['mark']} aria-hidden>
              {state === 'past' && <Check size={14} strokeWidth={2.6} />}
              {state === 'current' && status === 'running' && <Spinner size={16} />}
              {state === 'failed' && <X size={14} strokeWidth={2.6} />}
            </span>
            <span>
              {label}
              <VisuallyHidden>
                : {status === 'choosing' && state === 'current' ? 'waits for you' : SPOKEN[state]}
              </VisuallyHidden>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

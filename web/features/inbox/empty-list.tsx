/** The list when it is empty: each reason has its own way on. */
import { Link } from '@tanstack/react-router';
import { Archive, CheckCheck, MessageCircle, Plug, SearchX, Smartphone } from 'lucide-react';
import { formatPhone } from '../../lib/phone.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { simulatorPhoneUrl } from '../connect/queries.ts';
import { useAccounts } from '../shell/use-accounts.ts';
import { useSimulator } from '../shell/use-simulator.ts';
import type { ListView } from './model.ts';
import styles from './empty-list.module.css';

export function EmptyList({ view, onClear }: { view: ListView; onClear: () => void }) {
  return (
    <div className={styles['place']}>
      <Reason view={view} onClear={onClear} />
    </div>
  );
}

function Reason({ view, onClear }: { view: ListView; onClear: () => void }) {
  if (view.q) {
    return (
      <EmptyState
        icon={<SearchX size={24} />}
        title="Nothing found"
        actions={<Button onClick={onClear}>Clear search</Button>}
      >
        No name, number or message matches “{view.q}”.
      </EmptyState>
    );
  }
  if (view.filter === 'unread') {
    return (
      <EmptyState
        icon={<CheckCheck size={24} />}
        title="All caught up"
        actions={<Button onClick={onClear}>Show all conversations</Button>}
      >
        No message waits to be read.
      </EmptyState>
    );
  }
  if (view.filter === 'archived') {
    return (
      <EmptyState icon={<Archive size={24} />} title="The archive is empty">
        Archive what is done: the inbox then shows only what still needs somebody.
      </EmptyState>
    );
  }
  return <NoConversationYet />;
}

function NoConversationYet() {
  const { selected, isPending } = useAccounts();
  const simulator = useSimulator();
  const number = selected?.phone_numbers[0];
  if (isPending) return null;
  if (!selected) {
    return (
      <EmptyState
        icon={<Plug size={24} />}
        title="Connect WhatsApp first"
        actions={
          <Link to="/connect" className={buttonClass('primary')}>
            Connect an account
          </Link>
        }
      >
        Conversations appear here once a WhatsApp Business Account is connected.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<MessageCircle size={24} />}
      title="No conversation yet"
      actions={
        simulator && (
          <a
            className={buttonClass('primary')}
            href={simulatorPhoneUrl(number?.phone_number_id ?? null)}
            target="_blank"
            rel="noopener"
          >
            <Smartphone size={16} aria-hidden />
            Open the simulator phone
          </a>
        )
      }
    >
      {simulator
        ? 'Write the first message as a customer from the simulator’s phone. It appears here at once.'
        : `When somebody writes to ${number ? formatPhone(number.display_phone_number) : 'your number'}, it appears here at once.`}
    </EmptyState>
  );
}

/** Who the thread is with, and what can be done with it. */
import { useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Archive, ArchiveRestore, ArrowLeft, PanelRight } from 'lucide-react';
import { describeError } from '../../lib/api.ts';
import { formatPhone } from '../../lib/phone.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import { AssignButton } from './assign-button.tsx';
import { CustomerMenu } from './customer-actions.tsx';
import { handleOfCustomer, nameOfCustomer, type Conversation } from './model.ts';
import { setStatus } from './queries.ts';
import styles from './thread-header.module.css';

type ThreadHeaderProps = { conversation: Conversation; panelShown: boolean; onTogglePanel: () => void };

export function ThreadHeader({ conversation, panelShown, onTogglePanel }: ThreadHeaderProps) {
  const search = useSearch({ from: '/inside/inbox' });
  const { customer, number } = conversation;
  const handle = handleOfCustomer(customer);
  const via = `via ${number.verified_name ?? formatPhone(number.display_phone_number)}`;
  return (
    <header className={styles['header']}>
      <Link to="/inbox" search={search} className={styles['back']} aria-label="Back to the list">
        <ArrowLeft size={20} aria-hidden />
      </Link>
      <Avatar name={customer.name} colourOf={`${customer.id}`} size="s" />
      <div className={styles['text']}>
        <h2 className={styles['name']}>{nameOfCustomer(customer)}</h2>
        <p className={styles['about']}>{[handle, via].filter(Boolean).join(' · ')}</p>
      </div>
      <AssignButton conversation={conversation} />
      {conversation.status !== 'blocked' && <ArchiveButton conversation={conversation} />}
      <CustomerMenu conversation={conversation} />
      <IconButton label="Customer details" aria-pressed={panelShown} onClick={onTogglePanel}>
        <PanelRight size={18} aria-hidden />
      </IconButton>
    </header>
  );
}

function ArchiveButton({ conversation }: { conversation: Conversation }) {
  const client = useQueryClient();
  const archived = conversation.status === 'archived';

  async function move(status: 'active' | 'archived', undoable: boolean) {
    try {
      await setStatus(client, conversation.id, status);
      const back = status === 'active' ? 'archived' : 'active';
      const text = status === 'active' ? 'Moved to the inbox' : 'Archived';
      if (undoable) toast(text, { action: { label: 'Undo', run: () => void move(back, false) } });
    } catch (error) {
      toast(describeError(error), { tone: 'bad' });
    }
  }

  return (
    <IconButton
      label={archived ? 'Move to the inbox' : 'Archive'}
      onClick={() => void move(archived ? 'active' : 'archived', true)}
    >
      {archived ? <ArchiveRestore size={18} aria-hidden /> : <Archive size={18} aria-hidden />}
    </IconButton>
  );
}

/** Who answers besides the agent whose conversation it is, and choosing somebody else. */
import { useQueryClient } from '@tanstack/react-query';
import { UserRoundCheck, UserRoundPlus, UserRoundX } from 'lucide-react';
import { describeError } from '../../lib/api.ts';
import { buttonClass } from '../../ui/button.tsx';
import { MenuItem } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';
import { useMe } from '../shell/use-me.ts';
import { AssignMenu } from '../triage/assign-menu.tsx';
import type { Conversation } from './model.ts';
import { assignConversation } from './queries.ts';
import styles from './thread-header.module.css';

export function AssignButton({ conversation }: { conversation: Conversation }) {
  const client = useQueryClient();
  const me = useMe();
  const { id, assignee_id: assignee, assignee_name: name } = conversation;
  const isOwn = conversation.agent_id === me.user.agent?.id;
  const isMine = isOwn || me.user.is_owner;

  async function assign(userId: string | null, undoable: boolean) {
    try {
      const fresh = await assignConversation(client, id, userId);
      const text = fresh.assignee_name === null ? 'Given back' : `Assigned to ${fresh.assignee_name}`;
      // Who gives back what was assigned to them cannot take it again.
      const undo = undoable && isMine;
      toast(text, undo ? { action: { label: 'Undo', run: () => void assign(assignee, false) } } : {});
    } catch (error) {
      toast(describeError(error), { tone: 'bad' });
    }
  }

  const label = name === null ? 'Assign to a colleague' : `Assigned to ${name}`;
  const giveBack = assignee !== null && (
    <MenuItem icon={<UserRoundX size={16} aria-hidden />} onSelect={() => void assign(null, true)}>
      {isMine ? `Take back from ${name ?? 'them'}` : 'Give back'}
    </MenuItem>
  );
  return (
    <AssignMenu
      onAssign={(userId) => void assign(userId, true)}
      offersPeople={isMine}
      offersMe={!isOwn}
      trigger={
        <button
          type="button"
          className={`${buttonClass('ghost', 's')} ${styles['assign'] ?? ''}`}
          aria-label={label}
          title={label}
        >
          {assignee === null ? (
            <UserRoundPlus size={18} aria-hidden />
          ) : (
            <UserRoundCheck size={18} aria-hidden />
          )}
          {name !== null && <span>{name}</span>}
        </button>
      }
    >
      {giveBack}
    </AssignMenu>
  );
}

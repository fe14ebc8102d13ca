/** What can be done with the customer as a whole: handing over, blocking, unblocking. A menu in the header, buttons in the panel. */
import { Ban, CircleCheck, Ellipsis, UserRoundX } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { BlockDialog } from '../blocked/block-dialog.tsx';
import { inConversation } from '../blocked/queries.ts';
import { useBlock } from '../blocked/use-block.ts';
import { useMe } from '../shell/use-me.ts';
import styles from './customer-panel.module.css';
import { HandOverDialog } from './hand-over-dialog.tsx';
import { nameOfCustomer, type Conversation } from './model.ts';

function useCustomerActions(conversation: Conversation, onDone: () => void = () => undefined) {
  const me = useMe();
  const [asking, setAsking] = useState<'block' | 'hand-over' | null>(null);
  const { block, unblock } = useBlock();
  const name = nameOfCustomer(conversation.customer);
  const sender = { place: inConversation(conversation.id), name };
  const close = (open: boolean) => setAsking(open ? asking : null);
  return {
    isBlocked: conversation.status === 'blocked',
    /** An assignee gives back, and decides no more than that. */
    mayHandOver: me.user.is_owner || conversation.agent_user_id === me.user.id,
    askBlock: () => setAsking('block'),
    askHandOver: () => setAsking('hand-over'),
    unblock: () => {
      unblock(sender, conversation.blocked?.reason ?? null);
      onDone();
    },
    dialogs: (
      <>
        <BlockDialog
          whom={name}
          open={asking === 'block'}
          onOpenChange={close}
          onBlock={async (reason) => {
            await block(sender, reason);
            onDone();
          }}
        />
        <HandOverDialog conversation={conversation} open={asking === 'hand-over'} onOpenChange={close} />
      </>
    ),
  };
}

export function CustomerMenu({ conversation }: { conversation: Conversation }) {
  const actions = useCustomerActions(conversation);
  return (
    <>
      <Menu
        label="More"
        trigger={
          <IconButton label="More">
            <Ellipsis size={18} aria-hidden />
          </IconButton>
        }
      >
        {actions.mayHandOver && (
          <MenuItem icon={<UserRoundX size={16} aria-hidden />} onSelect={actions.askHandOver}>
            Hand over…
          </MenuItem>
        )}
        {actions.isBlocked ? (
          <MenuItem icon={<CircleCheck size={16} aria-hidden />} onSelect={actions.unblock}>
            Unblock
          </MenuItem>
        ) : (
          <MenuItem danger icon={<Ban size={16} aria-hidden />} onSelect={actions.askBlock}>
            Block…
          </MenuItem>
        )}
      </Menu>
      {actions.dialogs}
    </>
  );
}

type CustomerActionsProps = { conversation: Conversation; onDone?: (() => void) | undefined };

/** `onDone` closes what the buttons stand in: a toast with the way back can be reached only then. */
export function CustomerActions({ conversation, onDone }: CustomerActionsProps) {
  const actions = useCustomerActions(conversation, onDone);
  return (
    <div className={styles['actions']}>
      {actions.mayHandOver && <Button onClick={actions.askHandOver}>Hand over…</Button>}
      {actions.isBlocked ? (
        <Button onClick={actions.unblock}>Unblock</Button>
      ) : (
        <Button variant="danger" onClick={actions.askBlock}>
          Block…
        </Button>
      )}
      {actions.dialogs}
    </div>
  );
}

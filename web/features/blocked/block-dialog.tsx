/** Asks before a sender is blocked: says what happens to what they write, and why may be written down. */
import { useState } from 'react';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { TextArea } from '../../ui/text-area.tsx';

const longestReason = 500;

type BlockDialogProps = {
  /** Whom, in the title: a name, or "3 senders". */
  whom: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onBlock: (reason: string) => Promise<unknown>;
};

export function BlockDialog({ whom, open, onOpenChange, onBlock }: BlockDialogProps) {
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Block ${whom}?`}
      confirmLabel="Block"
      onConfirm={async () => {
        await onBlock(reason);
        setReason('');
      }}
    >
      <p>
        What they write on this number is still kept, so nothing is lost when you unblock them. Nobody is told
        of it, it does not count as unread, and Switchboard does not answer. Nobody can write to them.
        WhatsApp does not tell them.
      </p>
      <TextArea
        label="Why (optional)"
        help="Colleagues see it in the list of blocked senders."
        maxLength={longestReason}
        rows={2}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </ConfirmDialog>
  );
}

/** What can be done with an invitation that nobody has answered: sent or shown once more, or withdrawn. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MoreHorizontal } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { IconButton } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';
import { setupQuery } from '../sign-in/queries.ts';
import { InvitationLink } from './invitation-link.tsx';
import { invitationsQuery, resend, withdraw, type Invitation } from './queries.ts';

export function InvitationMenu({ invitation }: { invitation: Invitation }) {
  const client = useQueryClient();
  const canMail = useQuery(setupQuery).data?.mail ?? false;
  const [link, setLink] = useState<string | null>(null);
  const [withdrawing, setWithdrawing] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
  const again = useMutation({
    mutationFn: (delivery: 'mail' | 'link') => resend(invitation.id, delivery),
    onSuccess: async (sent) => {
      setLink(sent.link);
      if (!sent.link) toast(`Another letter is on its way to ${invitation.email}.`);
      await refresh();
    },
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  return (
    <>
      <Menu
        label={`What to do with the invitation of ${invitation.name}`}
        trigger={
          <IconButton label={`More for the invitation of ${invitation.name}`}>
            <MoreHorizontal size={18} aria-hidden />
          </IconButton>
        }
      >
        {canMail && <MenuItem onSelect={() => again.mutate('mail')}>Send the letter again</MenuItem>}
        <MenuItem onSelect={() => again.mutate('link')}>Get a new link</MenuItem>
        <MenuItem danger onSelect={() => setWithdrawing(true)}>
          Withdraw…
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={withdrawing}
        onOpenChange={setWithdrawing}
        title={`Withdraw the invitation of ${invitation.name}?`}
        confirmLabel="Withdraw"
        onConfirm={() => withdraw(invitation.id).then(refresh)}
      >
        <p>The link that was sent stops working. You can invite them again.</p>
      </ConfirmDialog>
      <Dialog
        open={link !== null}
        onOpenChange={() => setLink(null)}
        title={`An invitation for ${invitation.name}`}
      >
        {link && <InvitationLink email={invitation.email} link={link} onDone={() => setLink(null)} />}
      </Dialog>
    </>
  );
}

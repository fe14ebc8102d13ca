/** Invitations that nobody has answered. Stands only where there are some. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Mail, MoreHorizontal } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { shortDate } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DataList, DataRow } from '../../ui/data-list.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';
import { setupQuery } from '../sign-in/queries.ts';
import { InvitationLink } from './invitation-link.tsx';
import { invitationsQuery, resend, withdraw, type Invitation } from './queries.ts';
import styles from './invitations-card.module.css';

export function InvitationsCard() {
  const { data: invitations } = useQuery(invitationsQuery);
  if (!invitations || invitations.length === 0) return null;
  return (
    <Card title="Invited" about="They appear among the people when they accept." flush>
      <DataList label="Invitations">
        {invitations.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} />
        ))}
      </DataList>
    </Card>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const now = useNow();
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
  const end = shortDate(new Date(invitation.expires_at), now);
  return (
    <DataRow
      leading={
        <span className={styles['icon']}>
          <Mail size={16} aria-hidden />
        </span>
      }
      title={invitation.name}
      badges={
        <>
          {invitation.is_owner && <Badge tone="accent">Owner</Badge>}
          <InvitationState invitation={invitation} />
        </>
      }
      detail={`${invitation.email} · ${invitation.expired ? 'expired on' : 'open until'} ${end}`}
      actions={
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
      }
    />
  );
}

function InvitationState({ invitation }: { invitation: Invitation }) {
  if (invitation.expired) return <Badge tone="warn">Expired</Badge>;
  if (!invitation.by_mail) return <Badge>By link</Badge>;
  return invitation.mailed ? <Badge tone="good">Letter sent</Badge> : <Badge>Letter on its way</Badge>;
}

/** Invitations that nobody has answered. Stands only where there are some. */
import { useQuery } from '@tanstack/react-query';
import { Mail } from 'lucide-react';
import { shortDate } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { DataList, DataRow } from '../../ui/data-list.tsx';
import { InvitationMenu } from './invitation-menu.tsx';
import { invitationsQuery, type Invitation } from './queries.ts';
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
      actions={<InvitationMenu invitation={invitation} />}
    />
  );
}

function InvitationState({ invitation }: { invitation: Invitation }) {
  if (invitation.expired) return <Badge tone="warn">Expired</Badge>;
  if (!invitation.by_mail) return <Badge>By link</Badge>;
  return invitation.mailed ? <Badge tone="good">Letter sent</Badge> : <Badge>Letter on its way</Badge>;
}

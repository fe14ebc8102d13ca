/** Asking somebody to join: who, and as what. Where no mail is sent, the link is shown to be handed over. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldText } from '../../lib/form-fields.ts';
import { faultOfEmail, useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { setupQuery } from '../sign-in/queries.ts';
import { InvitationLink } from './invitation-link.tsx';
import { invitationsQuery, invite, type InvitationSent } from './queries.ts';
import styles from './people.module.css';

type InviteDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

export function InviteDialog({ open, onOpenChange }: InviteDialogProps) {
  const [sent, setSent] = useState<InvitationSent | null>(null);
  const close = (isOpen: boolean) => {
    onOpenChange(isOpen);
    if (!isOpen) setSent(null);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={sent ? `An invitation for ${sent.invitation.name}` : 'Invite a colleague'}
    >
      {sent?.link ? (
        <InvitationLink email={sent.invitation.email} link={sent.link} onDone={() => close(false)} />
      ) : (
        <InviteForm
          onCancel={() => close(false)}
          onSent={(answer) => {
            if (answer.link) {
              setSent(answer);
              return;
            }
            toast(`The invitation is on its way to ${answer.invitation.email}.`);
            close(false);
          }}
        />
      )}
    </Dialog>
  );
}

type InviteFormProps = { onCancel: () => void; onSent: (sent: InvitationSent) => void };

function InviteForm({ onCancel, onSent }: InviteFormProps) {
  const client = useQueryClient();
  const mail = useQuery(setupQuery).data?.mail ?? false;
  const [isOwner, setIsOwner] = useState(false);
  const form = useForm(
    (data) => ({
      name: fieldText(data, 'name') ? null : 'Enter their name. They can change it.',
      email: faultOfEmail(fieldText(data, 'email')),
    }),
    async (data) => {
      const sent = await invite({
        name: fieldText(data, 'name'),
        email: fieldText(data, 'email'),
        is_owner: isOwner,
      });
      await client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
      onSent(sent);
    },
  );
  return (
    <form className={styles['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
      {form.problem && <Callout tone="bad">{form.problem}</Callout>}
      <TextField label="Name" autoComplete="off" maxLength={255} autoFocus {...form.field('name')} />
      <TextField label="Email" type="email" autoComplete="off" maxLength={255} {...form.field('email')} />
      <Checkbox
        label="Make them an owner"
        help="Owners see every conversation, connect numbers, invite people and change these settings."
        checked={isOwner}
        onChange={setIsOwner}
      />
      <p className={styles['note']}>
        {mail
          ? 'They get a letter with a link that works once, for seven days.'
          : 'This install sends no mail: you get a link to hand over. It works once, for seven days.'}
      </p>
      <div className={styles['actions']}>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          {mail ? 'Send invitation' : 'Make the link'}
        </Button>
      </div>
    </form>
  );
}

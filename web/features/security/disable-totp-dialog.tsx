/** Turning the second factor off, by password and code: whoever has only one of them cannot. */
import { useQueryClient } from '@tanstack/react-query';
import { fieldText, rawFieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { toast } from '../../ui/toast.tsx';
import { CodeField } from '../sign-in/code-field.tsx';
import { PasswordField } from '../sign-in/password-field.tsx';
import { disableTotp, totpQuery } from './queries.ts';
import styles from './security-page.module.css';

type DisableTotpDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

export function DisableTotpDialog({ open, onOpenChange }: DisableTotpDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Turn off your second factor?"
      description="Your password alone will then be enough to sign in. Your recovery codes become void."
    >
      <DisableForm onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

function DisableForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const form = useForm(
    (data) => ({
      password: rawFieldText(data, 'password') ? null : 'Enter your password.',
      code: fieldText(data, 'code') ? null : 'Enter a code.',
    }),
    async (data) => {
      await disableTotp({ password: rawFieldText(data, 'password'), code: fieldText(data, 'code') });
      toast('Your second factor is off');
      await client.invalidateQueries(totpQuery);
      onClose();
    },
  );
  return (
    <form className={styles['steps']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
      {form.problem && <Callout tone="bad">{form.problem}</Callout>}
      <PasswordField label="Password" autoComplete="current-password" {...form.field('password')} />
      <CodeField {...form.field('code')} />
      <div className={styles['actions']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="destroy" busy={form.busy}>
          Turn off
        </Button>
      </div>
    </form>
  );
}

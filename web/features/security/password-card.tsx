/** A new password for oneself. Everywhere else the person is signed out. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../lib/api.ts';
import { fieldText, rawFieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { toast } from '../../ui/toast.tsx';
import { useInbox } from '../shell/inbox-context.tsx';
import { CodeField } from '../sign-in/code-field.tsx';
import { NewPasswordField } from '../sign-in/new-password-field.tsx';
import { PasswordField } from '../sign-in/password-field.tsx';
import { faultOfPassword } from '../sign-in/password-rules.ts';
import { sessionsQuery } from '../sign-in/queries.ts';
import { changePassword, totpQuery } from './queries.ts';
import styles from './security-page.module.css';

export function PasswordCard() {
  // A form that has done its work begins anew, empty.
  const [round, setRound] = useState(0);
  return <PasswordForm key={round} onDone={() => setRound(round + 1)} />;
}

function PasswordForm({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const { user, organization } = useInbox().me;
  const needsCode = useQuery(totpQuery).data?.enabled ?? false;
  const form = useForm(
    (data) => ({
      current_password: rawFieldText(data, 'current_password') ? null : 'Enter your current password.',
      new_password: faultOfPassword(rawFieldText(data, 'new_password')),
      code: needsCode && !fieldText(data, 'code') ? 'Enter a code.' : null,
    }),
    async (data) => {
      const code = fieldText(data, 'code');
      await changePassword({
        current_password: rawFieldText(data, 'current_password'),
        new_password: rawFieldText(data, 'new_password'),
        ...(code && { code }),
      }).catch(atItsField);
      toast('Your password is changed. You are signed out everywhere else.');
      void client.invalidateQueries(sessionsQuery);
      onDone();
    },
  );
  return (
    <form onSubmit={(event) => void form.onSubmit(event)} noValidate>
      <Card
        title="Password"
        about="Changing it signs you out everywhere else."
        footer={
          <Button type="submit" variant="primary" busy={form.busy}>
            Change password
          </Button>
        }
      >
        {form.problem && <Callout tone="bad">{form.problem}</Callout>}
        {/* Tells password managers whose password it is. */}
        <input type="email" autoComplete="username" value={user.email} readOnly hidden />
        <div className={styles['fields']}>
          <PasswordField
            label="Current password"
            autoComplete="current-password"
            {...form.field('current_password')}
          />
          <NewPasswordField
            label="New password"
            ownWords={[user.name, user.email, organization.name]}
            {...form.field('new_password')}
          />
          {needsCode && <CodeField {...form.field('code')} />}
        </div>
      </Card>
    </form>
  );
}

/** The server names the field of a weak password; which one a wrong password or code stands in is known here. */
function atItsField(error: unknown): never {
  const fields: Record<string, string> = {
    'auth.password_refused': 'current_password',
    'auth.code_refused': 'code',
  };
  const path = error instanceof ApiError ? fields[error.code] : undefined;
  if (error instanceof ApiError && path) error.fields = [{ path, message: error.message }];
  throw error;
}

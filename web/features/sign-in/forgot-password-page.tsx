/** Asking for the link that sets a new password. What is shown afterwards is the same whoever has an account. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MailCheck } from 'lucide-react';
import { useState } from 'react';
import { fieldText } from '../../lib/form-fields.ts';
import { faultOfEmail, useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { AuthLayout } from './auth-layout.tsx';
import { forgotPassword, setupQuery } from './queries.ts';
import styles from './forms.module.css';

const back = (
  <p className={styles['switch']}>
    <Link to="/sign-in">Back to sign-in</Link>
  </p>
);

export function ForgotPasswordPage() {
  const setup = useQuery(setupQuery).data;
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (setup?.mail === false) {
    return (
      <AuthLayout
        title="Ask for a link"
        lead="This install sends no mail. An owner of your organization can make a link for you that sets a new password: in Settings, under People."
      >
        {back}
      </AuthLayout>
    );
  }
  if (sentTo !== null) {
    return (
      <AuthLayout
        title="Look into your mail"
        lead={
          <>
            If somebody has an account with <b>{sentTo}</b>, a link is on its way there. It is good for an
            hour and works once.
          </>
        }
      >
        <p className={styles['working']}>
          <MailCheck size={18} aria-hidden /> Nothing there? Look among spam, and check the address.
        </p>
        <p className={styles['switch']}>
          <button type="button" className={styles['again']} onClick={() => setSentTo(null)}>
            Try another address
          </button>
        </p>
        {back}
      </AuthLayout>
    );
  }
  return <ForgotPasswordForm onSent={setSentTo} />;
}

function ForgotPasswordForm({ onSent }: { onSent: (email: string) => void }) {
  const form = useForm(
    (data) => ({ email: faultOfEmail(fieldText(data, 'email')) }),
    async (data) => {
      const email = fieldText(data, 'email');
      await forgotPassword(email);
      onSent(email);
    },
  );
  return (
    <AuthLayout title="Forgot your password?" lead="We send you a link that sets a new one.">
      <form className={styles['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
        {form.problem && <Callout tone="bad">{form.problem}</Callout>}
        <TextField label="Email" type="email" autoComplete="username" autoFocus {...form.field('email')} />
        <Button type="submit" variant="primary" size="l" busy={form.busy}>
          Send the link
        </Button>
        {back}
      </form>
    </AuthLayout>
  );
}

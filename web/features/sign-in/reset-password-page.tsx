/** Where the link for a new password leads. The token stays in memory until it is used. */
import { Link, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { rawFieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { toast } from '../../ui/toast.tsx';
import { AuthLayout } from './auth-layout.tsx';
import { takeLinkToken, wholeLinkToken } from './link-token.ts';
import { NewPasswordField } from './new-password-field.tsx';
import { faultOfPassword } from './password-rules.ts';
import { resetPassword } from './queries.ts';
import styles from './forms.module.css';

export function ResetPasswordPage() {
  const [token] = useState(() => wholeLinkToken('/reset-password'));
  if (token === null) {
    return (
      <AuthLayout title="This link is not whole" lead="Open it again from your mail, or ask for a new one.">
        <div className={styles['form']}>
          <Link to="/forgot-password" className={buttonClass('primary', 'l')}>
            Ask for a new link
          </Link>
        </div>
      </AuthLayout>
    );
  }
  return <ResetPasswordForm token={token} />;
}

function ResetPasswordForm({ token }: { token: string }) {
  const router = useRouter();
  const form = useForm(
    (data) => ({ password: faultOfPassword(rawFieldText(data, 'password')) }),
    async (data) => {
      await resetPassword({ token, password: rawFieldText(data, 'password') });
      takeLinkToken('/reset-password');
      toast('Your new password is set. Sign in with it.');
      await router.navigate({ to: '/sign-in', replace: true });
    },
  );
  return (
    <AuthLayout
      title="Set a new password"
      lead="You will be signed out everywhere else, so that nobody who knew the old one stays in."
    >
      <form className={styles['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
        {form.problem && (
          <Callout tone="bad">
            {form.problem} <Link to="/forgot-password">Ask for a new link</Link>
          </Callout>
        )}
        <NewPasswordField label="New password" autoFocus {...form.field('password')} />
        <Button type="submit" variant="primary" size="l" busy={form.busy}>
          Set the password
        </Button>
      </form>
    </AuthLayout>
  );
}

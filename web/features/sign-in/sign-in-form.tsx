/** Email and password, and the ways out for whoever has neither. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { LoginBody } from '../../../src/modules/auth/contract.ts';
import { ApiError } from '../../lib/api.ts';
import { fieldText, rawFieldText } from '../../lib/form-fields.ts';
import { faultOfEmail, useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { AuthLayout } from './auth-layout.tsx';
import { PasswordField } from './password-field.tsx';
import { setupQuery, signIn } from './queries.ts';
import styles from './forms.module.css';

type SignInFormProps = {
  notice: string | null;
  next: string | undefined;
  proceed: () => void;
  /** The password was right, and a code is asked for. */
  onCodeRequired: (body: LoginBody) => void;
};

export function SignInForm({ notice, next, proceed, onCodeRequired }: SignInFormProps) {
  const client = useQueryClient();
  const setup = useQuery(setupQuery).data;
  const form = useForm(
    (data) => ({
      email: faultOfEmail(fieldText(data, 'email')),
      password: rawFieldText(data, 'password') ? null : 'Enter your password.',
    }),
    async (data) => {
      const body = { email: fieldText(data, 'email'), password: rawFieldText(data, 'password') };
      try {
        await signIn.withPassword(client, body);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'auth.code_required') throw error;
        onCodeRequired(body);
        return;
      }
      proceed();
    },
  );
  const returning = next !== undefined;
  return (
    <AuthLayout
      title="Welcome back"
      lead={returning ? 'Sign in to go on where you left off.' : 'Sign in to your inbox.'}
      footer={
        setup?.simulator && 'This install runs on the built-in WhatsApp simulator. No real message is sent.'
      }
    >
      <form className={styles['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
        {(form.problem ?? notice) && <Callout tone="bad">{form.problem ?? notice}</Callout>}
        <TextField label="Email" type="email" autoComplete="username" autoFocus {...form.field('email')} />
        <PasswordField label="Password" autoComplete="current-password" {...form.field('password')} />
        <p className={styles['aside']}>
          <Link to="/forgot-password">Forgot your password?</Link>
        </p>
        <Button type="submit" variant="primary" size="l" busy={form.busy}>
          Sign in
        </Button>
        <p className={styles['switch']}>
          New here?{' '}
          <Link to="/register" search={next ? { next } : {}}>
            {setup?.registration === 'closed' ? 'How to get in' : 'Create an account'}
          </Link>
        </p>
      </form>
    </AuthLayout>
  );
}

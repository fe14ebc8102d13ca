/** Signing in by email and password, or by the one-time link that brought the person here. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiError, describeError } from '../../lib/api.ts';
import { fieldText, rawFieldText } from '../../lib/form-fields.ts';
import { faultOfEmail, useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { AuthLayout } from './auth-layout.tsx';
import { hasLinkToken, takeLinkToken } from './link-token.ts';
import { PasswordField } from './password-field.tsx';
import { setupQuery, signIn } from './queries.ts';
import { safeReturnPath } from './return-path.ts';
import styles from './forms.module.css';

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const proceed = () => router.history.push(safeReturnPath(next));
  const link = useSignInLink(proceed);
  if (link.state === 'working') {
    return (
      <AuthLayout title="Signing you in…">
        <div className={styles['working']} role="status">
          <Spinner size={18} /> Checking your sign-in link
        </div>
      </AuthLayout>
    );
  }
  return <SignInForm notice={link.problem} returning={next !== undefined} proceed={proceed} next={next} />;
}

const mangledLink = 'This sign-in link is not whole. Copy all of it, or sign in with your password.';

function useSignInLink(proceed: () => void) {
  const client = useQueryClient();
  const [state, setState] = useState<'working' | 'none'>(() => (hasLinkToken() ? 'working' : 'none'));
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const token = takeLinkToken();
    if (!token) return;
    signIn.withLink(client, token).then(proceed, (error: unknown) => {
      const isMangled = error instanceof ApiError && error.status === 400;
      setProblem(isMangled ? mangledLink : describeError(error));
      setState('none');
    });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once: the token can be taken one time, whatever renders again
  }, []);
  return { state, problem };
}

type SignInFormProps = {
  notice: string | null;
  returning: boolean;
  next: string | undefined;
  proceed: () => void;
};

function SignInForm({ notice, returning, next, proceed }: SignInFormProps) {
  const client = useQueryClient();
  const setup = useQuery(setupQuery).data;
  const form = useForm(
    (data) => ({
      email: faultOfEmail(fieldText(data, 'email')),
      password: rawFieldText(data, 'password') ? null : 'Enter your password.',
    }),
    async (data) => {
      await signIn.withPassword(client, {
        email: fieldText(data, 'email'),
        password: rawFieldText(data, 'password'),
      });
      proceed();
    },
  );
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
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          autoFocus
          error={form.faults['email'] ?? null}
          onChange={() => form.clearFault('email')}
        />
        <PasswordField
          label="Password"
          name="password"
          autoComplete="current-password"
          error={form.faults['password'] ?? null}
          onChange={() => form.clearFault('password')}
        />
        <Button type="submit" variant="primary" size="l" busy={form.busy}>
          Sign in
        </Button>
        <p className={styles['switch']}>
          New here?{' '}
          <Link to="/register" search={next ? { next } : {}}>
            Create an account
          </Link>
        </p>
      </form>
    </AuthLayout>
  );
}

/** Signing in by email and password, or by the one-time link that brought the person here; with a code where they have a second factor. */
import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { LoginBody } from '../../../src/modules/auth/contract.ts';
import { ApiError, describeError } from '../../lib/api.ts';
import { fieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { AuthLayout } from './auth-layout.tsx';
import { CodeField } from './code-field.tsx';
import { keptLinkToken, takeLinkToken } from './link-token.ts';
import { signIn } from './queries.ts';
import { safeReturnPath } from './return-path.ts';
import { SignInForm } from './sign-in-form.tsx';
import styles from './forms.module.css';

/** What was right so far; the code completes it. */
type Half = { password: LoginBody } | { token: string };

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const proceed = () => router.history.push(safeReturnPath(next));
  const [half, setHalf] = useState<Half | null>(null);
  const link = useSignInLink(proceed, (token) => setHalf({ token }));
  if (half) return <CodeForm half={half} proceed={proceed} onBack={() => setHalf(null)} />;
  if (link.state === 'working') {
    return (
      <AuthLayout title="Signing you in…">
        <div className={styles['working']} role="status">
          <Spinner size={18} /> Checking your sign-in link
        </div>
      </AuthLayout>
    );
  }
  return (
    <SignInForm
      notice={link.problem}
      next={next}
      proceed={proceed}
      onCodeRequired={(password) => setHalf({ password })}
    />
  );
}

const mangledLink = 'This sign-in link is not whole. Copy all of it, or sign in with your password.';

function useSignInLink(proceed: () => void, onCodeRequired: (token: string) => void) {
  const client = useQueryClient();
  const [state, setState] = useState<'working' | 'none'>(() =>
    keptLinkToken('/sign-in') === null ? 'none' : 'working',
  );
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const token = takeLinkToken('/sign-in');
    if (!token) return;
    signIn.withLink(client, { token }).then(proceed, (error: unknown) => {
      setState('none');
      if (isCodeRequired(error)) {
        onCodeRequired(token);
        return;
      }
      const isMangled = error instanceof ApiError && error.status === 400;
      setProblem(isMangled ? mangledLink : describeError(error));
    });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once: the token can be taken one time, whatever renders again
  }, []);
  return { state, problem };
}

function isCodeRequired(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'auth.code_required';
}

type CodeFormProps = { half: Half; proceed: () => void; onBack: () => void };

function CodeForm({ half, proceed, onBack }: CodeFormProps) {
  const client = useQueryClient();
  const form = useForm(
    (data) => ({ code: fieldText(data, 'code') ? null : 'Enter a code.' }),
    async (data) => {
      const code = fieldText(data, 'code');
      await ('token' in half
        ? signIn.withLink(client, { token: half.token, code })
        : signIn.withPassword(client, { ...half.password, code }));
      proceed();
    },
  );
  return (
    <AuthLayout title="Enter your code" lead="Your account asks for a second factor.">
      <form className={styles['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
        {form.problem && <Callout tone="bad">{form.problem}</Callout>}
        <CodeField autoFocus {...form.field('code')} />
        <Button type="submit" variant="primary" size="l" busy={form.busy}>
          Sign in
        </Button>
        <Button variant="ghost" onClick={onBack}>
          Back
        </Button>
      </form>
    </AuthLayout>
  );
}

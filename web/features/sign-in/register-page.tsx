/** Making an account with its organization. On a fresh install this is the first screen, and the account is the admin. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldText, rawFieldText } from '../../lib/form-fields.ts';
import { faultOfEmail, useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { AuthLayout } from './auth-layout.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { faultOfPassword } from './password-rules.ts';
import { setupQuery, signIn } from './queries.ts';
import { safeReturnPath } from './return-path.ts';
import styles from './forms.module.css';

export function RegisterPage() {
  const { next } = useSearch({ from: '/register' });
  const setup = useQuery(setupQuery).data;
  const isFirst = setup?.has_users === false;
  if (setup?.registration === 'closed' && !isFirst) return <RegistrationClosed next={next} />;
  return (
    <AuthLayout
      title={isFirst ? 'Create the first account' : 'Create your account'}
      lead={
        isFirst
          ? 'This install is new. The first account becomes its administrator; you can invite others later.'
          : 'One account for your organization’s WhatsApp inbox.'
      }
    >
      <RegisterForm next={next} />
      {!isFirst && (
        <p className={styles['switch']}>
          You have an account?{' '}
          <Link to="/sign-in" search={next ? { next } : {}}>
            Sign in
          </Link>
        </p>
      )}
    </AuthLayout>
  );
}

function RegisterForm({ next }: { next: string | undefined }) {
  const client = useQueryClient();
  const router = useRouter();
  const [ownWords, setOwnWords] = useState<string[]>([]);
  const form = useForm(
    (data) => ({
      name: fieldText(data, 'name') ? null : 'Enter your name. Customers may see it above your replies.',
      organization_name: fieldText(data, 'organization_name') ? null : 'Enter the name of your business.',
      email: faultOfEmail(fieldText(data, 'email')),
      password: faultOfPassword(rawFieldText(data, 'password')),
    }),
    async (data) => {
      await signIn.byRegistering(client, {
        name: fieldText(data, 'name'),
        organization_name: fieldText(data, 'organization_name'),
        email: fieldText(data, 'email'),
        password: rawFieldText(data, 'password'),
      });
      router.history.push(safeReturnPath(next));
    },
  );
  return (
    <form className={styles['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
      {form.problem && <Callout tone="bad">{form.problem}</Callout>}
      <TextField label="Your name" autoComplete="name" maxLength={255} autoFocus {...form.field('name')} />
      <TextField
        label="Business name"
        autoComplete="organization"
        maxLength={255}
        {...form.field('organization_name')}
      />
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        maxLength={255}
        {...form.field('email')}
      />
      <NewPasswordField
        label="Password"
        ownWords={ownWords}
        {...form.field('password')}
        onChange={(event) => {
          const typed = event.target.form ? new FormData(event.target.form) : new FormData();
          setOwnWords(['name', 'organization_name', 'email'].map((name) => fieldText(typed, name)));
          form.clearFault('password');
        }}
      />
      <Button type="submit" variant="primary" size="l" busy={form.busy}>
        Create account
      </Button>
    </form>
  );
}

function RegistrationClosed({ next }: { next: string | undefined }) {
  return (
    <AuthLayout
      title="You need an invitation"
      lead="Nobody registers here on their own. Ask an owner of your organization to invite you; the invitation is a link that makes your account."
    >
      <p className={styles['switch']}>
        You have an account?{' '}
        <Link to="/sign-in" search={next ? { next } : {}}>
          Sign in
        </Link>
      </p>
    </AuthLayout>
  );
}

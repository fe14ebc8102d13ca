/** Where an invitation's link leads: who invites whom to what, then a name and a password. The token stays in memory until it is used. */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { OpenInvitation } from '../../../src/modules/people/contract.ts';
import { ApiError, describeError, request } from '../../lib/api.ts';
import { fieldText, rawFieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { AuthLayout } from '../sign-in/auth-layout.tsx';
import { keptLinkToken, takeLinkToken } from '../sign-in/link-token.ts';
import { NewPasswordField } from '../sign-in/new-password-field.tsx';
import { faultOfPassword } from '../sign-in/password-rules.ts';
import { signIn } from '../sign-in/queries.ts';
import forms from '../sign-in/forms.module.css';
import styles from './invitation-page.module.css';

const invitationQuery = (token: string) =>
  queryOptions({
    // One token is open at a time, and none belongs into a key.
    queryKey: ['invitation'] as const,
    queryFn: ({ signal }) =>
      request<OpenInvitation>('POST', '/api/v1/invitations/read', { body: { token }, signal }),
    staleTime: Infinity,
    gcTime: 0,
  });

export function InvitationPage() {
  const [token] = useState(() => keptLinkToken('/invitation'));
  return token === null ? <NotOpen /> : <Invited token={token} />;
}

function NotOpen({ problem }: { problem?: string }) {
  return (
    <AuthLayout
      title="This invitation cannot be opened"
      lead={problem ?? 'The link is not whole. Open it again from where you got it, or ask for a new one.'}
    >
      <div className={forms['form']}>
        <Link to="/sign-in" className={buttonClass('secondary', 'l')}>
          Sign in instead
        </Link>
      </div>
    </AuthLayout>
  );
}

function Invited({ token }: { token: string }) {
  const { data: invitation, error, refetch } = useQuery(invitationQuery(token));
  if (error instanceof ApiError && error.status < 500) {
    return <NotOpen {...(error.status === 404 && { problem: error.message })} />;
  }
  if (error) {
    return (
      <AuthLayout title="Your invitation">
        <div className={forms['form']}>
          <Callout tone="bad">{describeError(error)}</Callout>
          <Button size="l" onClick={() => void refetch()}>
            Try again
          </Button>
        </div>
      </AuthLayout>
    );
  }
  if (!invitation) {
    return (
      <AuthLayout title="Opening your invitation…">
        <div className={forms['form']} role="status" aria-label="Loading">
          <Skeleton className={styles['loading'] ?? ''} />
          <Skeleton className={styles['loading'] ?? ''} />
        </div>
      </AuthLayout>
    );
  }
  return <AcceptForm token={token} invitation={invitation} />;
}

function AcceptForm({ token, invitation }: { token: string; invitation: OpenInvitation }) {
  const client = useQueryClient();
  const router = useRouter();
  const [name, setName] = useState(invitation.name);
  const form = useForm(
    (data) => ({
      name: fieldText(data, 'name') ? null : 'Enter your name. Customers may see it above your replies.',
      password: faultOfPassword(rawFieldText(data, 'password')),
    }),
    async (data) => {
      await signIn.byInvitation(client, {
        token,
        name: fieldText(data, 'name'),
        password: rawFieldText(data, 'password'),
      });
      takeLinkToken('/invitation');
      await router.navigate({ to: '/inbox', replace: true });
    },
  );
  return (
    <AuthLayout
      title={`Join ${invitation.organization_name}`}
      lead={`${invitation.inviter_name ?? 'A colleague'} invites you to answer its WhatsApp messages together.`}
    >
      <form className={forms['form']} onSubmit={(event) => void form.onSubmit(event)} noValidate>
        {form.problem && <Callout tone="bad">{form.problem}</Callout>}
        <TextField
          label="Email"
          type="email"
          autoComplete="username"
          value={invitation.email}
          readOnly
          help="You will sign in with it."
        />
        <TextField
          label="Your name"
          autoComplete="name"
          maxLength={255}
          {...form.keptField('name', name, setName)}
        />
        <NewPasswordField
          label="Password"
          autoFocus
          ownWords={[name, invitation.email, invitation.organization_name]}
          {...form.field('password')}
        />
        <Button type="submit" variant="primary" size="l" busy={form.busy}>
          Join
        </Button>
      </form>
    </AuthLayout>
  );
}

/** Where the link that confirms an address leads: it does so at once, signed in or not. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, describeError } from '../../lib/api.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { AuthLayout } from './auth-layout.tsx';
import { wholeLinkToken } from './link-token.ts';
import { meQuery, verifyEmail } from './queries.ts';
import styles from './forms.module.css';

export function VerifyEmailPage() {
  const client = useQueryClient();
  const [token] = useState(() => wholeLinkToken('/verify-email'));
  const { isPending, error } = useQuery({
    queryKey: ['verify-email', token],
    queryFn: async () => {
      if (token === null) throw new ApiError(400, { detail: 'This link is not whole.' });
      await verifyEmail(token);
      await client.invalidateQueries(meQuery);
      return true;
    },
    staleTime: Infinity,
    retry: false,
  });
  if (isPending) {
    return (
      <AuthLayout title="Confirming your address…">
        <div className={styles['working']} role="status">
          <Spinner size={18} /> Checking your link
        </div>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={error ? 'This link did not work' : 'Your address is confirmed'}>
      <div className={styles['form']}>
        {error ? (
          <Callout tone="bad">
            {describeError(error)} If your address is confirmed already, there is nothing to do; otherwise
            your inbox offers a new link.
          </Callout>
        ) : (
          <p className={styles['done']}>
            Thank you. Messages can now also come to you when you were active last.
          </p>
        )}
        <Link to="/inbox" className={buttonClass('primary', 'l')}>
          Go to the inbox
        </Link>
      </div>
    </AuthLayout>
  );
}

/** Where Meta's dialog sends the browser back to: hands over what it brought at once, since the code lives half a minute. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { describeError } from '../../lib/api.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { connectionQuery, finishConsent } from './queries.ts';
import styles from './connect-page.module.css';

export function CallbackPage() {
  const { state, code, error } = useSearch({ from: '/inside/connect/callback' });
  const navigate = useNavigate();
  const client = useQueryClient();
  const handed = useRef(false);
  const { mutate, error: problem } = useMutation({
    mutationFn: finishConsent,
    onSuccess: (connection) => {
      client.setQueryData(connectionQuery(connection.id).queryKey, connection);
      // Replaced, so that the way back does not lead to a code that was used.
      void navigate({
        to: '/connect/$connectionId',
        params: { connectionId: connection.id },
        replace: true,
      });
    },
  });
  useEffect(() => {
    // Once, also when React runs effects twice: the state works once.
    if (handed.current) return;
    handed.current = true;
    mutate({ state: state ?? '-', ...(code ? { code } : {}), ...(error ? { error } : {}) });
  }, [state, code, error, mutate]);
  return (
    <div className={styles['page']}>
      <div className={styles['column']}>
        {problem ? (
          <>
            <h1 className={styles['title']}>Nothing was connected</h1>
            <Callout tone="bad">{describeError(problem)}</Callout>
            <div className={styles['row']}>
              <Link to="/connect" className={buttonClass('primary')}>
                Begin anew
              </Link>
            </div>
          </>
        ) : (
          <p className={styles['lead']} role="status">
            <Spinner size={16} /> Back from Facebook, connecting …
          </p>
        )}
      </div>
    </div>
  );
}

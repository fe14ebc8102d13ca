/** The pages for when there is no page: loading, not found, broken. */
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { Compass, Unplug } from 'lucide-react';
import { describeError } from '../lib/api.ts';
import { BrandMark } from '../ui/brand-mark.tsx';
import { Button, buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import styles from './fallback-pages.module.css';

export function LoadingPage() {
  return (
    <main className={styles['page']} role="status" aria-label="Loading">
      <div className={styles['pulse']}>
        <BrandMark size={44} />
      </div>
    </main>
  );
}

export function NotFoundPage() {
  return (
    <main className={styles['page']}>
      <EmptyState
        icon={<Compass size={24} />}
        title="There is no page here"
        actions={
          <Link to="/inbox" className={buttonClass('primary')}>
            Go to the inbox
          </Link>
        }
      >
        The address may be mistyped, or what it named is gone.
      </EmptyState>
    </main>
  );
}

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <main className={styles['page']} role="alert">
      <EmptyState
        icon={<Unplug size={24} />}
        title="This page could not be shown"
        actions={
          <Button
            variant="primary"
            onClick={() => {
              reset();
              void router.invalidate();
            }}
          >
            Try again
          </Button>
        }
      >
        {describeError(error)}
      </EmptyState>
    </main>
  );
}

/** Stands in the place of what could not be fetched. */
import { describeError } from '../lib/api.ts';
import { Button } from './button.tsx';
import { Callout } from './callout.tsx';
import styles from './load-error.module.css';

export function LoadError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div className={styles['place']}>
      <Callout
        tone="bad"
        action={
          <Button size="s" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {describeError(error)}
      </Callout>
    </div>
  );
}

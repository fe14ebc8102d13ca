/** "Test these credentials": what Meta says about each part of the values in use. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react';
import { describeError } from '../../lib/api.ts';
import { momentInSentence } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { checkConfig, type ConfigCheck, type TenantConfig } from './queries.ts';
import styles from './credentials.module.css';

const MARKS = {
  ok: { icon: CircleCheck, tone: 'good', word: 'Right' },
  failed: { icon: CircleAlert, tone: 'bad', word: 'Wrong' },
  skipped: { icon: CircleDashed, tone: 'quiet', word: 'Not asked' },
} as const;

export function CheckCard({ config }: { config: TenantConfig | null }) {
  const client = useQueryClient();
  const now = useNow();
  const check = useMutation({ mutationFn: () => checkConfig(client) });
  const verified = config?.last_verified_at;
  return (
    <Card
      title="Test"
      about={
        verified
          ? `Meta confirmed everything ${momentInSentence(new Date(verified), now)}.`
          : 'Asks Meta about the app, the token, the account and the number. Nothing is changed there.'
      }
      aside={
        <Button busy={check.isPending} onClick={() => check.mutate()}>
          Test these credentials
        </Button>
      }
    >
      {check.error && <Callout tone="bad">{describeError(check.error)}</Callout>}
      {check.data && <Findings check={check.data} />}
    </Card>
  );
}

function Findings({ check }: { check: ConfigCheck }) {
  return (
    <ul className={styles['findings']} aria-label="Result of the test">
      {check.findings.map(({ part, result, message }) => {
        const { icon: Icon, tone, word } = MARKS[result];
        return (
          <li key={part} className={styles['finding']}>
            <Icon size={18} className={styles[tone]} aria-label={word} role="img" />
            <span className={result === 'skipped' ? styles['quiet'] : undefined}>{message}</span>
          </li>
        );
      })}
    </ul>
  );
}

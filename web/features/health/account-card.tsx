/** One account: what is wrong first, what is good behind a button. */
import { useState } from 'react';
import { timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FindingRow } from './finding-row.tsx';
import type { AccountHealth } from './queries.ts';
import styles from './health-page.module.css';

const badges = {
  good: { tone: 'good', word: 'All good' },
  info: { tone: 'good', word: 'All good' },
  warning: { tone: 'warn', word: 'Worth a look' },
  critical: { tone: 'bad', word: 'Does not work' },
} as const;

export function AccountCard({ account, canFix }: { account: AccountHealth; canFix: boolean }) {
  const [showGood, setShowGood] = useState(false);
  const now = useNow();
  const badge = badges[account.severity];
  const isOpen = ({ severity }: { severity: string }) => severity === 'warning' || severity === 'critical';
  const open = account.findings.filter(isOpen);
  const good = account.findings.filter((finding) => !isOpen(finding));
  const checked =
    account.checked_at === null
      ? 'not asked Meta yet'
      : `checked ${timeAgo(new Date(account.checked_at), now)}`;
  return (
    <Card
      title={account.name ?? account.waba_id}
      about={
        <span title={account.checked_at ?? undefined}>
          {account.waba_id} · {checked}
        </span>
      }
      aside={<Badge tone={badge.tone}>{badge.word}</Badge>}
      flush
      footer={
        good.length > 0 && (
          <Button variant="ghost" size="s" aria-expanded={showGood} onClick={() => setShowGood(!showGood)}>
            {showGood ? 'Hide what is good' : `Show ${good.length} that are good`}
          </Button>
        )
      }
    >
      <ul className={styles['findings']} aria-label={`Findings about ${account.name ?? account.waba_id}`}>
        {open.length === 0 && !showGood && (
          <li className={styles['nothing']}>Nothing to do. {good.length} things are known to be good.</li>
        )}
        {[...open, ...(showGood ? good : [])].map((finding) => (
          <FindingRow
            key={`${finding.check} ${finding.phone_number_id ?? ''} ${finding.title}`}
            wabaId={account.waba_id}
            finding={finding}
            canFix={canFix}
          />
        ))}
      </ul>
    </Card>
  );
}

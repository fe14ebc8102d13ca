/** One account: what is wrong first, what is good behind a button. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { isFocusLost } from '../../lib/is-focus-lost.ts';
import { describeError } from '../../lib/api.ts';
import { timeAgo } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { toast } from '../../ui/toast.tsx';
import { FindingRow } from './finding-row.tsx';
import { checkAccount, type AccountHealth } from './queries.ts';
import styles from './health-page.module.css';

const badges = {
  good: { tone: 'good', word: 'All good' },
  info: { tone: 'good', word: 'All good' },
  warning: { tone: 'warn', word: 'Worth a look' },
  critical: { tone: 'bad', word: 'Does not work' },
} as const;

const notAsked = { tone: 'plain', word: 'Not checked yet' } as const;

const isOpen = ({ severity }: { severity: string }) => severity === 'warning' || severity === 'critical';

export function AccountCard({ account, canFix }: { account: AccountHealth; canFix: boolean }) {
  const [showGood, setShowGood] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const goOn = () => focusWhenLost(list.current);
  const now = useNow();
  const isAsked = account.checked_at !== null;
  const badge = isAsked || isOpen(account) ? badges[account.severity] : notAsked;
  const open = account.findings.filter(isOpen);
  const good = account.findings.filter((finding) => !isOpen(finding));
  const checked =
    account.checked_at === null ? '' : ` · checked ${timeAgo(new Date(account.checked_at), now)}`;
  return (
    <Card
      title={account.name ?? account.waba_id}
      about={
        <span title={account.checked_at ?? undefined}>
          {account.waba_id}
          {checked}
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
      <ul
        ref={list}
        tabIndex={-1}
        className={styles['findings']}
        aria-label={`Findings about ${account.name ?? account.waba_id}`}
      >
        {!isAsked && <NotAsked wabaId={account.waba_id} canCheck={canFix} onChecked={goOn} />}
        {isAsked && open.length === 0 && !showGood && (
          <li className={styles['nothing']}>Nothing to do. {good.length} things are known to be good.</li>
        )}
        {[...open, ...(showGood ? good : [])].map((finding) => (
          <FindingRow
            key={`${finding.check} ${finding.phone_number_id ?? ''} ${finding.title}`}
            wabaId={account.waba_id}
            finding={finding}
            canFix={canFix}
            onMended={goOn}
          />
        ))}
      </ul>
    </Card>
  );
}

/** The button that was pressed is gone with the answer: whoever reads by keyboard goes on with what was found. */
function focusWhenLost(list: HTMLElement | null) {
  requestAnimationFrame(() => {
    if (isFocusLost()) list?.focus();
  });
}

type NotAskedProps = { wabaId: string; canCheck: boolean; onChecked: () => void };

/** Until Meta was asked once, only what is known here can be shown: that is not yet good. */
function NotAsked({ wabaId, canCheck, onChecked }: NotAskedProps) {
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: () => checkAccount(client, wabaId),
    onSuccess: onChecked,
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  return (
    <li className={styles['notAsked']}>
      <p>
        Meta has not been asked about this account yet.{' '}
        {canCheck ? 'It is asked every day by itself, or now.' : 'It is asked every day.'}
      </p>
      {canCheck && (
        <Button size="s" busy={check.isPending} onClick={() => check.mutate()}>
          Check now
        </Button>
      )}
    </li>
  );
}

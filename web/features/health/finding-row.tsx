/** One finding: how grave, what it means, what to do, and the button that does it. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import { fixFinding, type Finding } from './queries.ts';
import { SeverityMark } from './severity-mark.tsx';
import styles from './finding-row.module.css';

const fixLabels = {
  subscribe: 'Subscribe',
  override: 'Deliver here',
  refresh: 'Ask Meta again',
  register: 'Register',
};

/** `onMended`: the row, and the button that was pressed in it, may be gone by then. */
type FindingRowProps = { wabaId: string; finding: Finding; canFix: boolean; onMended: () => void };

export function FindingRow({ wabaId, finding, canFix, onMended }: FindingRowProps) {
  return (
    <li className={styles['row']} data-check={finding.check}>
      <SeverityMark severity={finding.severity} />
      <div className={styles['words']}>
        <p className={styles['title']}>{finding.title}</p>
        <p className={styles['detail']}>{finding.detail}</p>
        {finding.what_to_do && <p className={styles['advice']}>{finding.what_to_do}</p>}
      </div>
      {finding.fix === 'connect' ? (
        <Link to="/connect" className={buttonClass('secondary', 's')}>
          Connect again
        </Link>
      ) : (
        finding.fix &&
        canFix && (
          <FixButton wabaId={wabaId} finding={finding} label={fixLabels[finding.fix]} onMended={onMended} />
        )
      )}
    </li>
  );
}

type FixButtonProps = Omit<FindingRowProps, 'canFix'> & { label: string };

function FixButton({ wabaId, finding, label, onMended }: FixButtonProps) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);

  async function fix() {
    setBusy(true);
    try {
      await fixFinding(client, wabaId, finding);
      toast('Done. The account was looked at again.');
      onMended();
    } catch (error) {
      toast(describeError(error), { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  }

  return (
    <Button size="s" busy={busy} onClick={() => void fix()} aria-label={`${label}: ${finding.title}`}>
      {label}
    </Button>
  );
}

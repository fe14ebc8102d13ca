/**
 * Over every page, while an account needs somebody: what is wrong in a line, and the way to it. A thread on a phone has the whole
 * screen; there the composer says it.
 */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { healthQuery, type AccountHealth } from './queries.ts';
import styles from './health-banner.module.css';

function lineOf(accounts: AccountHealth[]): string | null {
  const broken = accounts.filter((account) => account.severity === 'critical');
  const [first] = broken;
  if (!first) return null;
  if (broken.length > 1) return `${broken.length} WhatsApp accounts need your attention.`;
  const name = first.name ?? first.waba_id;
  const worst = first.findings.find((finding) => finding.severity === 'critical');
  return first.sending === 'paused'
    ? `Sending is paused for ${name}. ${first.paused_reason ?? ''}`
    : `${name}: ${worst?.title ?? 'something does not work'}.`;
}

export function HealthBanner() {
  const { data } = useQuery(healthQuery);
  const line = data ? lineOf(data) : null;
  return (
    <aside aria-label="Health" role="status">
      {line && (
        <div className={styles['banner']}>
          <TriangleAlert size={16} aria-hidden />
          <span className={styles['line']}>{line}</span>
          <Link to="/settings/health" className={styles['link']}>
            See what to do
          </Link>
        </div>
      )}
    </aside>
  );
}

/** How grave a thing is, as a shape: colour only underlines it. */
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { Finding } from './queries.ts';
import styles from './severity-mark.module.css';

const marks = {
  good: { Icon: CircleCheck, word: 'Good' },
  info: { Icon: Info, word: 'Note' },
  warning: { Icon: TriangleAlert, word: 'Warning' },
  critical: { Icon: CircleAlert, word: 'Broken' },
};

export function SeverityMark({ severity, size = 18 }: { severity: Finding['severity']; size?: number }) {
  const { Icon, word } = marks[severity];
  return (
    <span className={styles[severity]} role="img" aria-label={word}>
      <Icon size={size} aria-hidden />
    </span>
  );
}

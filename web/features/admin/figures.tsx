/** Numbers with their names; one that wants attention when it is not zero stands out. */
import { classNames } from '../../lib/class-names.ts';
import styles from './admin.module.css';

export type Figure = { label: string; value: number; wantsAttention?: boolean };

export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <dl className={styles['figures']}>
      {figures.map(({ label, value, wantsAttention = false }) => (
        <div
          key={label}
          className={classNames(styles['figure'], wantsAttention && value > 0 && styles['wants'])}
        >
          <dt>{label}</dt>
          <dd>{value.toLocaleString()}</dd>
        </div>
      ))}
    </dl>
  );
}

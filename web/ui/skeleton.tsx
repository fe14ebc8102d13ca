import { classNames } from '../lib/class-names.ts';
import styles from './skeleton.module.css';

/** A quiet shape in the place of what is being loaded. */
export function Skeleton({ className, round = false }: { className?: string; round?: boolean }) {
  return <span aria-hidden className={classNames(styles['skeleton'], round && styles['round'], className)} />;
}

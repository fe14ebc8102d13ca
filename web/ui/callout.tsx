/** A message inside a page that the person should not miss. Errors are announced. */
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import styles from './callout.module.css';

const icons = { info: Info, warn: TriangleAlert, bad: CircleAlert };

type CalloutProps = { tone?: 'info' | 'warn' | 'bad'; children: ReactNode; action?: ReactNode };

export function Callout({ tone = 'info', children, action }: CalloutProps) {
  const Icon = icons[tone];
  return (
    <div className={classNames(styles['callout'], styles[tone])} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon size={17} aria-hidden />
      <div className={styles['text']}>{children}</div>
      {action}
    </div>
  );
}

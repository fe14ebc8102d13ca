/** One word about the state of a thing. The colour only underlines what the word says. */
import type { ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import styles from './badge.module.css';

type BadgeProps = { tone?: 'plain' | 'accent' | 'good' | 'warn' | 'bad'; children: ReactNode };

export function Badge({ tone = 'plain', children }: BadgeProps) {
  return <span className={classNames(styles['badge'], styles[tone])}>{children}</span>;
}

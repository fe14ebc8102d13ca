/** Short facts in a row with dots between them, none at either end of a line. What is empty is left out. */
import { Fragment, type ReactNode } from 'react';
import styles from './dotted.module.css';

export function Dotted({ facts }: { facts: readonly ReactNode[] }) {
  return (
    <span className={styles['facts']}>
      {facts.filter(Boolean).map((fact, index) => (
        <Fragment key={index}>
          {index > 0 && ' '}
          <span className={styles['fact']}>{fact}</span>
        </Fragment>
      ))}
    </span>
  );
}

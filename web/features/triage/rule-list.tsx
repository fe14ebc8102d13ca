/** What each rule said, in the order in which they were asked. */
import { Check, Minus } from 'lucide-react';
import type { Route } from './queries.ts';
import { nameOfRule } from './words.ts';
import styles from './route-card.module.css';

export function RuleList({ considered }: { considered: Route['considered'] }) {
  if (considered.length === 0) return null;
  return (
    <ol className={styles['rules']} aria-label="What each rule said">
      {considered.map(({ rule, decided, why }) => (
        <li key={rule} className={styles['rule']}>
          {decided ? (
            <Check size={15} aria-label="Decides" />
          ) : (
            <Minus size={15} aria-label="Does not decide" />
          )}
          <span>
            <strong>{nameOfRule(rule)}</strong>
            <br />
            {why}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** "Why is this here?": the rule that brought a message to its agent, and what the rules before it said. Asked when it is opened. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { routeQuery } from './queries.ts';
import { RuleList } from './rule-list.tsx';
import { nameOfRule } from './words.ts';
import styles from './route-card.module.css';

export function RouteCard({ messageId }: { messageId: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={styles['card']}>
      <Button size="s" variant="ghost" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Why is this here?
      </Button>
      {isOpen && <Answer messageId={messageId} />}
    </div>
  );
}

function Answer({ messageId }: { messageId: number }) {
  const { data: route, error } = useQuery(routeQuery(messageId));
  if (error) return <p className={styles['reason']}>Nothing was written down about this message.</p>;
  if (!route) return <p className={styles['reason']}>Asking…</p>;
  return (
    <>
      <p className={styles['reason']}>
        <strong>{nameOfRule(route.rule)}.</strong> {route.reason}
      </p>
      <RuleList considered={route.considered} />
    </>
  );
}

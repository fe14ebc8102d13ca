/** "Why is this here?": the rule that brought a message to its agent, and what the rules before it said. Asked when it is opened. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, describeError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { routeQuery } from './queries.ts';
import { RuleList } from './rule-list.tsx';
import { describeReason, nameOfRule } from './words.ts';
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
  if (error)
    return (
      <p className={styles['reason']}>
        {error instanceof ApiError && error.status === 404
          ? 'No rule was asked: this was brought in with the past of the conversation.'
          : describeError(error)}
      </p>
    );
  if (!route) return <p className={styles['reason']}>Asking…</p>;
  const { title } = describeReason(route.reason);
  return (
    <>
      <p className={styles['reason']}>
        <strong>{nameOfRule(route.rule)}.</strong> {title}
        {title !== route.reason && '.'}
      </p>
      <RuleList considered={route.considered} />
    </>
  );
}

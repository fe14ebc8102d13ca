/** Who would get a message, if somebody wrote now. Nothing is stored. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { describeError } from '../../lib/api.ts';
import { formatPhone } from '../../lib/phone.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { numbersQuery } from '../numbers/queries.ts';
import { explain, type Explanation } from './queries.ts';
import { RuleList } from './rule-list.tsx';
import { describeReason, nameOfRule } from './words.ts';
import styles from './route-card.module.css';

export function ExplainCard() {
  const numbers = useQuery(numbersQuery).data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [from, setFrom] = useState('');
  const number = chosen ?? numbers[0]?.phone_number_id ?? '';
  const question = useMutation({ mutationFn: () => explain(number, from.trim()) });

  function ask(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (from.trim() !== '' && number !== '') question.mutate();
  }

  if (numbers.length === 0) return null;
  return (
    <Card
      title="Who would get it?"
      about="See whom the rules choose for a sender now. Nothing is sent or stored."
    >
      <form className={styles['form']} onSubmit={ask}>
        <TextField
          label="Sender"
          placeholder="+49 170 1112233 or @name"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <Select
          label="Writes on"
          value={number}
          onChange={(event) => setChosen(event.target.value)}
          options={numbers.map((one) => ({
            value: one.phone_number_id,
            label: one.verified_name ?? formatPhone(one.display_phone_number),
          }))}
        />
        <Button type="submit" size="l" busy={question.isPending} disabled={from.trim() === ''}>
          Ask
        </Button>
      </form>
      <div className={styles['answer']} aria-live="polite">
        {question.error && <Callout tone="bad">{describeError(question.error)}</Callout>}
        {question.data && <Answer explanation={question.data} />}
      </div>
    </Card>
  );
}

function Answer({ explanation }: { explanation: Explanation }) {
  const { rule, reason, user_id: userId, candidates, considered, is_known: isKnown } = explanation;
  const name = candidates.find((candidate) => candidate.user_id === userId)?.name;
  return (
    <>
      <p className={styles['reason']}>
        {name ? (
          <>
            <strong>{name}</strong> would get it, by the rule “{nameOfRule(rule)}”.
          </>
        ) : (
          <>It would wait in triage. {describeReason(reason).title}.</>
        )}{' '}
        {!isKnown && 'This sender has not written before.'}
      </p>
      <RuleList considered={considered} />
    </>
  );
}

/** The consent covers several accounts, or all: the person says which one is meant. */
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { describeError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { chooseConnectionAccount, type Connection } from './queries.ts';
import styles from './connect-page.module.css';

type ChooseAccountProps = { connection: Connection; onChosen: (next: Connection) => void };

export function ChooseAccount({ connection, onChosen }: ChooseAccountProps) {
  const choose = useMutation({
    mutationFn: (wabaId: string) => chooseConnectionAccount(connection.id, wabaId),
    onSuccess: onChosen,
  });
  return (
    <div className={styles['below']}>
      {choose.error && <Callout tone="bad">{describeError(choose.error)}</Callout>}
      {connection.choices.length > 0 ? (
        <>
          <p className={styles['cardText']}>You shared several accounts. One is connected at a time.</p>
          <div className={styles['choices']}>
            {connection.choices.map((choice) => (
              <Button
                key={choice.waba_id}
                disabled={choose.isPending}
                busy={choose.isPending && choose.variables === choice.waba_id}
                onClick={() => choose.mutate(choice.waba_id)}
              >
                {choice.name ?? `Account ${choice.waba_id}`}
              </Button>
            ))}
          </div>
        </>
      ) : (
        <NameAccount busy={choose.isPending} onNamed={(wabaId) => choose.mutate(wabaId)} />
      )}
    </div>
  );
}

/** Meta names no accounts when the access covers all of them. */
function NameAccount({ busy, onNamed }: { busy: boolean; onNamed: (wabaId: string) => void }) {
  const [wabaId, setWabaId] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (/^\d{1,32}$/u.test(wabaId)) onNamed(wabaId);
    else setFault('Enter the account’s id: digits only.');
  }
  return (
    <form className={styles['form']} onSubmit={submit} noValidate>
      <TextField
        label="WhatsApp Business Account ID"
        inputMode="numeric"
        autoComplete="off"
        value={wabaId}
        error={fault}
        onChange={(event) => {
          setFault(null);
          setWabaId(event.target.value.trim());
        }}
        help="Your access covers all accounts of the business. Which one shall be connected?"
      />
      <Button type="submit" variant="primary" busy={busy}>
        Connect this account
      </Button>
    </form>
  );
}

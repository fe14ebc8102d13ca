/** A number that could not be registered, with what to do; a number that has a PIN takes it here. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { describeError } from '../../lib/api.ts';
import { formatPhone } from '../../lib/phone.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { refreshAccounts, registerNumber, type Connection } from './queries.ts';
import styles from './connect-page.module.css';

type NumberAttentionProps = { wabaId: string; number: Connection['numbers'][number] };

export function NumberAttention({ wabaId, number }: NumberAttentionProps) {
  const client = useQueryClient();
  const [pin, setPin] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const register = useMutation({
    mutationFn: () => registerNumber(wabaId, number.phone_number_id, pin),
    onSuccess: () => refreshAccounts(client),
  });
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (/^\d{6}$/u.test(pin)) register.mutate();
    else setFault('Six digits.');
  }
  const title = formatPhone(number.display_phone_number);
  if (register.isSuccess)
    return <Card title={title} about="Registered: messages can be sent from this number." />;
  return (
    <Card title={title}>
      <Callout tone={register.error ? 'bad' : 'warn'}>
        {register.error ? describeError(register.error) : number.message}
      </Callout>
      {number.code === 'waba.pin_wrong' && (
        <form className={styles['pin']} onSubmit={submit} noValidate>
          <div>
            <TextField
              label="Two-step PIN"
              inputMode="numeric"
              autoComplete="off"
              maxLength={6}
              value={pin}
              error={fault}
              onChange={(event) => {
                setFault(null);
                setPin(event.target.value);
              }}
            />
          </div>
          <Button type="submit" variant="primary" busy={register.isPending}>
            Register
          </Button>
        </form>
      )}
    </Card>
  );
}

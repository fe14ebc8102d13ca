/** The person's name, which colleagues see everywhere and customers in the signature. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { useMe } from '../shell/use-me.ts';
import { optInQuery, rename } from './queries.ts';

export function NameCard() {
  const { user } = useMe();
  const client = useQueryClient();
  const [name, setName] = useState(user.name);
  const form = useForm(
    (data) => ({ name: fieldText(data, 'name') ? null : 'Enter your name.' }),
    async (data) => {
      await rename(client, fieldText(data, 'name'));
      await client.invalidateQueries(optInQuery);
      toast('Your name is saved.');
    },
  );
  return (
    <form onSubmit={(event) => void form.onSubmit(event)} noValidate>
      <Card
        title="Name"
        about="Colleagues see it in the inbox, customers in your signature on shared numbers."
        footer={
          <>
            <span>You sign in as {user.email}</span>
            <Button type="submit" variant="primary" busy={form.busy} disabled={name.trim() === user.name}>
              Save
            </Button>
          </>
        }
      >
        {form.problem && <Callout tone="bad">{form.problem}</Callout>}
        <TextField
          label="Your name"
          name="name"
          autoComplete="name"
          maxLength={255}
          value={name}
          error={form.faults['name'] ?? null}
          onChange={(event) => {
            setName(event.target.value);
            form.clearFault('name');
          }}
        />
      </Card>
    </form>
  );
}

/** The person's name, which colleagues see everywhere and customers in the signature. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { CardForm } from '../../ui/card-form.tsx';
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
    <CardForm
      form={form}
      title="Name"
      about="Colleagues see it in the inbox, customers in your signature on shared numbers."
      hint={<span>You sign in as {user.email}</span>}
      unchanged={name.trim() === user.name}
    >
      <TextField
        label="Your name"
        autoComplete="name"
        maxLength={255}
        {...form.keptField('name', name, setName)}
      />
    </CardForm>
  );
}

/** Deleting a colleague: their name is typed, and whoever takes over is chosen where there is something to take over. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Callout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toast } from '../../ui/toast.tsx';
import { useMe } from '../shell/use-me.ts';
import { peopleQuery, removePerson, type Person } from './queries.ts';
import { takersFrom, TakerSelect } from './taker-select.tsx';

type RemovePersonDialogProps = {
  person: Person;
  people: Person[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

export function RemovePersonDialog({ person, people, open, onOpenChange }: RemovePersonDialogProps) {
  const client = useQueryClient();
  const { user } = useMe();
  const takers = takersFrom(people, person.id);
  const [takerId, setTakerId] = useState(user.id);

  async function remove() {
    await removePerson(person.id, takerId);
    toast(`${person.name} is deleted.`);
    await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
    await client.invalidateQueries({ queryKey: ['conversations'] });
  }

  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${person.name}?`}
      confirmLabel="Delete"
      typed={person.name}
      onConfirm={remove}
    >
      <p>
        The account, its sessions and its keys are gone for good. Nothing of a customer is lost: customers,
        conversations, orders and renters go to the colleague that you choose.
      </p>
      <TakerSelect label="Who takes over" takers={takers} value={takerId} onChange={setTakerId} />
      <Callout>Somebody who is only away for a while is better disabled.</Callout>
    </ConfirmDialog>
  );
}

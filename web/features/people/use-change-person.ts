/** Changing a colleague: said in words, shown at once, and taken back for whoever slipped. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PersonPatch } from '../../../src/modules/people/contract.ts';
import { describeError } from '../../lib/api.ts';
import { toast } from '../../ui/toast.tsx';
import { changePerson, peopleQuery, type Person } from './queries.ts';

/** Changes the person and offers to take it back. A failure is told, and rejects. */
export function useChangePerson(person: Person) {
  const client = useQueryClient();
  const { mutateAsync } = useMutation({
    mutationFn: (patch: PersonPatch) => changePerson(person.id, patch),
    onSuccess: (changed, patch) => {
      client.setQueryData(peopleQuery.queryKey, (all) =>
        all?.map((one) => (one.id === changed.id ? changed : one)),
      );
      toast(wordsFor(changed, patch), {
        action: {
          label: 'Undo',
          run: () => void mutateAsync(reverseOf(person, patch)).catch(() => undefined),
        },
      });
    },
    onError: (error) => toast(describeError(error), { tone: 'bad' }),
  });
  return mutateAsync;
}

function reverseOf(person: Person, patch: PersonPatch): PersonPatch {
  return {
    ...(patch.is_owner !== undefined && { is_owner: person.is_owner }),
    ...(patch.role !== undefined && { role: person.role ?? 'agent' }),
    ...(patch.disabled !== undefined && { disabled: person.disabled }),
  };
}

function wordsFor({ name }: Person, patch: PersonPatch): string {
  if (patch.disabled !== undefined)
    return patch.disabled ? `${name} is signed out.` : `${name} may sign in again.`;
  if (patch.is_owner !== undefined)
    return patch.is_owner ? `${name} is an owner now.` : `${name} is no longer an owner.`;
  return patch.role === 'admin' ? `${name} runs the install now.` : `${name} no longer runs the install.`;
}

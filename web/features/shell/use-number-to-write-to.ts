/** The number that the simulator's phone writes to: one of the person's own, else one of the colleagues' that reaches them soonest. */
import { useAccounts } from './use-accounts.ts';
import { useMe } from './use-me.ts';
import { useSharedAccounts } from './use-shared-accounts.ts';

/** Null while it is not known, and where there is none. */
export function useNumberToWriteTo(): string | null {
  const { user } = useMe();
  const { selected, isPending } = useAccounts();
  const shared = useSharedAccounts(!isPending && selected === null).accounts.flatMap(
    ({ numbers }) => numbers,
  );
  const answered = shared.find((number) => number.answered_by.some(({ user_id: id }) => id === user.id));
  const number = selected?.phone_numbers[0] ?? answered ?? shared[0];
  return number?.phone_number_id ?? null;
}

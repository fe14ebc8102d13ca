/** Who is signed in, as of now: a new name shows at once. Only inside the shell, which waits for it. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { meQuery, type Me } from '../sign-in/queries.ts';

export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

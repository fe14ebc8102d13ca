import { useQuery } from '@tanstack/react-query';
import { setupQuery } from '../sign-in/queries.ts';

/** Whether this install talks to its own simulator in the place of WhatsApp. */
export function useSimulator(): boolean {
  return useQuery(setupQuery).data?.simulator ?? false;
}

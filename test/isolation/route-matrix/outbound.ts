/** Routes of the module outbound: answering. */
import type { Entries } from './entry.ts';

export const outbound: Entries = {
  'POST /api/v1/conversations/:id/messages': {
    may: 'agent',
    answers: 202,
    call: ({ conversation }) => ({ params: { id: conversation }, body: { text: 'Hello' } }),
  },
};

/** Routes of the module conversations: the inbox and its events. */
import type { Call, Entries } from './entry.ts';
import type { Ids } from './ids.ts';

const one = ({ conversation }: Ids): Call => ({ params: { id: conversation } });

export const conversations: Entries = {
  'GET /api/v1/conversations': { may: 'agent', answers: 200 },
  'GET /api/v1/conversations/:id': { may: 'agent', answers: 200, call: one },
  'PATCH /api/v1/conversations/:id': {
    may: 'agent',
    answers: 200,
    call: (ids) => ({ ...one(ids), body: { status: 'active' } }),
  },
  'POST /api/v1/conversations/:id/read': { may: 'agent', answers: 200, call: one },
  'GET /api/v1/conversations/:id/messages': { may: 'agent', answers: 200, call: one },
  'GET /api/v1/events': { may: 'agent', answers: 200, stream: true },
};

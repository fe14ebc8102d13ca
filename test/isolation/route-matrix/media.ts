/** Routes of the module media: the files of messages. */
import type { Call, Entries } from './entry.ts';
import type { Ids } from './ids.ts';

const one = ({ media }: Ids): Call => ({ params: { id: media } });

export const media: Entries = {
  // What the row says is waiting still; a stored file is fetched in test/flows/media.test.ts.
  'GET /api/v1/media/:id': { may: 'agent', answers: 409, call: one },
  'GET /api/v1/media/:id/thumbnail': { may: 'agent', answers: 409, call: one },
  'POST /api/v1/media/:id/retry': { may: 'agent', answers: 200, call: one },
};

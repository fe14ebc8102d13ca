/** Routes of the module organizations: the organization itself and its audit trail. */
import type { Entries } from './entry.ts';

export const organizations: Entries = {
  'GET /api/v1/organization': { may: 'agent', answers: 200 },
  'PATCH /api/v1/organization': {
    may: 'owner',
    answers: 200,
    call: () => ({ body: { brand_name: 'Matrix' } }),
  },
  'GET /api/v1/automatic-messages': { may: 'agent', answers: 200 },
  'PUT /api/v1/automatic-messages': {
    may: 'owner',
    answers: 200,
    call: () => ({
      body: { language: 'en', notice: { enabled: true, texts: {} }, stop_words: [], start_words: [] },
    }),
  },
  'GET /api/v1/organization/audit': { may: 'owner', answers: 200 },
  'GET /api/v1/organization/audit/check': { may: 'owner', answers: 200 },
};

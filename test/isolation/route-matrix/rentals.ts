/** Routes of the module rentals: a landlord's part in the central number. */
import type { Entries } from './entry.ts';

export const rentals: Entries = {
  'GET /api/v1/whatsapp/opt-in': { may: 'agent', answers: 200 },
  'PUT /api/v1/whatsapp/opt-in': { may: 'agent', answers: 200, call: () => ({ body: { enabled: true } }) },
};

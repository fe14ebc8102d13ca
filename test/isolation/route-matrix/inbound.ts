/** Routes of the module inbound: what Meta calls. They know no session: a token or a signature is their proof. */
import { signatureOf } from '../../harness/deliveries.ts';
import type { Entries } from './entry.ts';

const BODY = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });

export const inbound: Entries = {
  'GET /webhooks/whatsapp': {
    may: 'anyone',
    answers: 403,
    call: () => ({ query: '?hub.mode=subscribe&hub.verify_token=guessed&hub.challenge=1' }),
  },
  'POST /webhooks/whatsapp': {
    may: 'anyone',
    answers: 200,
    call: () => ({
      body: BODY,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(BODY) },
    }),
  },
};

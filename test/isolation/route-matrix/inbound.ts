/** Routes of the module inbound. What Meta calls knows no session: a token or a signature is its proof. */
import { signatureOf } from '../../harness/deliveries.ts';
import type { Entries, Scene } from './entry.ts';
import type { Ids } from './ids.ts';

const BODY = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });

/** An item of here that could not be processed. */
export async function setAside(scene: Scene): Promise<Partial<Ids>> {
  const id = await quarantine(scene, scene.owner.organization.id, 'here');
  return { item: id };
}

/** The same of any organization, with a word in it. */
export async function quarantine(scene: Scene, organizationId: string, word: string): Promise<string> {
  const [row] = await scene.sql<{ id: string }>(
    `WITH delivery AS (INSERT INTO app.webhook_deliveries (body, signed_by, state) VALUES ('{}', 'install', 'split') RETURNING *)
     INSERT INTO app.webhook_items (received_at, delivery_id, position, field, kind, phone_number_id, ordering_key, item, signed_by, state, belongs_to)
     SELECT d.received_at, d.id, 0, 'messages', 'message', n.phone_number_id, '1', jsonb_build_object('text', $2::text)::text,
       'install', 'quarantined', $1 FROM delivery d, phone_numbers n WHERE n.organization_id = $1
       AND n.phone_number_id IN (SELECT c.phone_number_id FROM conversations c) LIMIT 1 RETURNING id`,
    [organizationId, word],
  );
  return String(row?.id);
}

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
  'GET /webhooks/whatsapp/:tenant_id': {
    may: 'anyone',
    answers: 403,
    call: ({ organization }) => ({
      params: { tenant_id: organization },
      query: '?hub.mode=subscribe&hub.verify_token=guessed&hub.challenge=1',
    }),
  },
  'POST /webhooks/whatsapp/:tenant_id': {
    may: 'anyone',
    answers: 401,
    call: ({ organization }) => ({
      params: { tenant_id: organization },
      body: BODY,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(BODY) },
    }),
  },
  'GET /api/v1/quarantine': { may: 'owner', answers: 200 },
  'GET /api/v1/quarantine/:id': {
    may: 'owner',
    answers: 200,
    call: ({ item }) => ({ params: { id: item } }),
    prepare: setAside,
  },
  'POST /api/v1/quarantine/:id/replay': {
    may: 'owner',
    answers: 200,
    call: ({ item }) => ({ params: { id: item } }),
    prepare: setAside,
  },
  'POST /api/v1/quarantine/replay': {
    may: 'owner',
    answers: 200,
    call: ({ item }) => ({ body: { ids: [Number(item)] } }),
    prepare: setAside,
  },
};

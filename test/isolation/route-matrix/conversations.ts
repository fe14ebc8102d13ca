/** Routes of the modules conversations and routing: the inbox, its events, triage, and why a message is where it is. */
import type { Call, Caller, Entries, Scene } from './entry.ts';
import type { Ids } from './ids.ts';

const one = ({ conversation }: Ids): Call => ({ params: { id: conversation } });

/** Somebody of the organization who waits in triage, made anew. */
async function letWait(scene: Scene, { organizationId }: Caller): Promise<Partial<Ids>> {
  const [row] = await scene.sql<{ id: string }>(
    `WITH person AS (INSERT INTO contacts (organization_id, portfolio_id) VALUES ($1, 'p') RETURNING id),
       sender AS (INSERT INTO customers (home, organization_id, name) VALUES (0, $1, 'Waiting') RETURNING id),
       named AS (INSERT INTO contact_identities (organization_id, portfolio_id, kind, value, customer_id)
         SELECT $1, 'p', 'phone', '49' || s.id, s.id FROM sender s RETURNING value),
       known AS (INSERT INTO contact_keys (organization_id, portfolio_id, kind, value, contact_id)
         SELECT $1, 'p', 'phone', n.value, p.id FROM named n, person p RETURNING 1)
     INSERT INTO triage_items (organization_id, customer_id, phone_number_id, reason, last_message_id, last_message_at)
     SELECT $1, s.id, (SELECT phone_number_id FROM phone_numbers WHERE organization_id = $1 LIMIT 1), 'unknown_sender', 0, now()
     FROM sender s, known RETURNING id`,
    [organizationId],
  );
  return { triage: row?.id ?? '' };
}

/** A conversation of the caller's own with somebody new, and a colleague to whom it may go. */
async function letTalk(scene: Scene, { organizationId, userId }: Caller): Promise<Partial<Ids>> {
  const [row] = await scene.sql<{ conversation: string; colleague: string }>(
    `WITH mine AS (SELECT home, organization_id, id FROM agents WHERE user_id = $2),
       sender AS (INSERT INTO customers (home, organization_id, agent_id, name)
         SELECT home, organization_id, id, 'Talks' FROM mine RETURNING id)
     INSERT INTO conversations (organization_id, agent_id, phone_number_id, customer_id)
     SELECT $1, m.id, (SELECT phone_number_id FROM phone_numbers WHERE organization_id = $1 LIMIT 1), s.id FROM mine m, sender s
     RETURNING id AS conversation, (SELECT a.user_id FROM agents a JOIN users u ON u.id = a.user_id
       WHERE a.organization_id = $1 AND a.user_id <> $2 AND u.disabled_at IS NULL LIMIT 1) AS colleague`,
    [organizationId, userId],
  );
  return { conversation: row?.conversation ?? '', colleague: row?.colleague ?? '' };
}

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
  'POST /api/v1/conversations/:id/assign': {
    may: 'agent',
    answers: 200,
    call: (ids) => ({ ...one(ids), body: { user_id: null } }),
  },
  'POST /api/v1/conversations/:id/hand-over': {
    may: 'agent',
    answers: 200,
    call: ({ conversation, colleague }) => ({ params: { id: conversation }, body: { user_id: colleague } }),
    prepare: letTalk,
  },
  'GET /api/v1/messages/:id/route': {
    may: 'agent',
    answers: 200,
    call: ({ message }) => ({ params: { id: message } }),
  },
  'POST /api/v1/routing/explain': {
    may: 'owner',
    answers: 200,
    call: ({ phoneNumber }) => ({ body: { phone_number_id: phoneNumber, from: '4915550001' } }),
  },
  'GET /api/v1/triage': { may: 'owner', answers: 200 },
  'GET /api/v1/triage/:id/messages': {
    may: 'owner',
    answers: 200,
    call: ({ triage }) => ({ params: { id: triage } }),
    prepare: letWait,
  },
  'GET /api/v1/blocked-senders': { may: 'agent', answers: 200 },
  'POST /api/v1/triage/:id/assign': {
    may: 'owner',
    answers: 200,
    call: ({ triage, owner }) => ({ params: { id: triage }, body: { user_id: owner } }),
    prepare: letWait,
  },
  'POST /api/v1/triage/assign': {
    may: 'owner',
    answers: 200,
    call: ({ triage, owner }) => ({ body: { ids: [triage], user_id: owner } }),
    prepare: letWait,
  },
  'POST /api/v1/triage/state': {
    may: 'owner',
    answers: 200,
    call: ({ triage }) => ({ body: { ids: [triage], state: 'dismissed' } }),
    prepare: letWait,
  },
  'GET /api/v1/events': { may: 'agent', answers: 200, stream: true },
};

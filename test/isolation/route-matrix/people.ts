/** Routes of the module people: colleagues and invitations. */
import { randomBytes } from 'node:crypto';
import type { Caller, Entries, Scene } from './entry.ts';
import type { Ids } from './ids.ts';

const newEmail = () => `invited-${randomBytes(6).toString('hex')}@example.test`;
const token = () => randomBytes(32).toString('base64url');

async function makeColleague(scene: Scene, { organizationId }: Caller): Promise<Partial<Ids>> {
  const [row] = await scene.sql<{ id: string }>(
    `INSERT INTO users (organization_id, name, email, verified) VALUES ($1, 'Leaver', $2, true) RETURNING id`,
    [organizationId, newEmail()],
  );
  return { user: row?.id ?? '' };
}

async function makeInvitation(scene: Scene, { organizationId, userId }: Caller): Promise<Partial<Ids>> {
  const [row] = await scene.sql<{ id: string }>(
    `INSERT INTO invitations (organization_id, email, name, token_hash, by_mail, invited_by, expires_at)
     VALUES ($1, $2, 'Invited', $3, false, $4, now() + interval '1 day') RETURNING id`,
    [organizationId, newEmail(), randomBytes(32), userId],
  );
  return { invitation: row?.id ?? '' };
}

export const people: Entries = {
  'GET /api/v1/users': { may: 'agent', answers: 200 },
  'PATCH /api/v1/users/:id': {
    may: 'owner',
    answers: 200,
    call: ({ user }) => ({ params: { id: user }, body: { name: 'Renamed' } }),
    takes: ['role', 'is_owner', 'disabled'],
    notForApiKeys: true,
  },
  'DELETE /api/v1/users/:id': {
    may: 'owner',
    answers: 204,
    call: ({ user }) => ({ params: { id: user } }),
    prepare: makeColleague,
    needsRecentSignIn: true,
    notForApiKeys: true,
  },
  'GET /api/v1/invitations': { may: 'owner', answers: 200, notForApiKeys: true },
  'POST /api/v1/users/invite': {
    may: 'owner',
    answers: 201,
    call: () => ({ body: { email: newEmail(), name: 'Invited' } }),
    takes: ['is_owner'],
    notForApiKeys: true,
  },
  'POST /api/v1/invitations/:id/resend': {
    may: 'owner',
    answers: 200,
    call: ({ invitation }) => ({ params: { id: invitation }, body: { delivery: 'link' } }),
    prepare: makeInvitation,
    notForApiKeys: true,
  },
  'DELETE /api/v1/invitations/:id': {
    may: 'owner',
    answers: 204,
    call: ({ invitation }) => ({ params: { id: invitation } }),
    prepare: makeInvitation,
    notForApiKeys: true,
  },
  'POST /api/v1/invitations/read': {
    may: 'anyone',
    answers: 404,
    call: () => ({ body: { token: token() } }),
  },
  'POST /api/v1/invitations/accept': {
    may: 'anyone',
    answers: 404,
    call: () => ({ body: { token: token(), name: 'New', password: 'seven new wheels turn' } }),
    gives: ['access_token', 'refresh_token'],
  },
};

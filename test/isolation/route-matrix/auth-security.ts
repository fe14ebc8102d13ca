/** Routes of the module auth around proving who one is: passwords, links by mail, the second factor, keys of programs. */
import { randomBytes } from 'node:crypto';
import type { Caller, Entries, Entry, Scene } from './entry.ts';
import type { Ids } from './ids.ts';

const token = () => randomBytes(32).toString('base64url');
const WRONG = 'not the password of anybody';
/** What the session is for, a program's key is not. */
const mine: Entry = { may: 'agent', answers: 200, notForApiKeys: true };

/** Nobody has a second factor yet, and wrong guesses are forgotten. */
async function startAnew(scene: Scene, { userId }: Caller): Promise<Partial<Ids>> {
  await scene.sql('DELETE FROM app.guess_limits');
  await scene.sql('DELETE FROM recovery_codes WHERE user_id = $1', [userId]);
  await scene.sql('DELETE FROM user_totp WHERE user_id = $1', [userId]);
  return {};
}
const guessing: Entry = { ...mine, prepare: startAnew };

export const authSecurity: Entries = {
  'DELETE /api/v1/auth/sessions': mine,
  'PATCH /api/v1/auth/me': { may: 'agent', answers: 200, call: () => ({ body: { name: 'Other name' } }) },
  'POST /api/v1/auth/verify-email': {
    may: 'anyone',
    answers: 400,
    call: () => ({ body: { token: token() } }),
  },
  'POST /api/v1/auth/verify-email/resend': {
    ...mine,
    // Where no mail is sent, an owner is given the link and an agent asks the owner.
    answers: [200, 409],
    prepare: async (scene, { userId }) => {
      await scene.sql('UPDATE users SET verified = false WHERE id = $1', [userId]);
      return {};
    },
  },
  'POST /api/v1/auth/forgot-password': {
    may: 'anyone',
    answers: 202,
    call: () => ({ body: { email: `nobody-${token().slice(0, 8)}@example.test` } }),
  },
  'POST /api/v1/auth/reset-password': {
    may: 'anyone',
    answers: 400,
    call: () => ({ body: { token: token(), password: 'seven new wheels turn' } }),
  },
  'POST /api/v1/auth/reauthenticate': {
    ...guessing,
    answers: 403,
    call: () => ({ body: { password: WRONG } }),
    gives: ['access_token', 'refresh_token'],
  },
  'POST /api/v1/auth/password': {
    ...guessing,
    answers: 403,
    call: () => ({ body: { current_password: WRONG, new_password: 'seven new wheels turn' } }),
  },
  'GET /api/v1/auth/totp': mine,
  'POST /api/v1/auth/totp': { ...guessing, needsRecentSignIn: true, gives: ['secret'] },
  'POST /api/v1/auth/totp/confirm': {
    ...guessing,
    answers: 409,
    call: () => ({ body: { code: '000000' } }),
  },
  'POST /api/v1/auth/totp/recovery-codes': { ...guessing, answers: 409, needsRecentSignIn: true },
  'POST /api/v1/auth/totp/disable': {
    ...guessing,
    answers: 403,
    call: () => ({ body: { password: WRONG } }),
  },
  'POST /api/v1/users/:id/account-link': {
    may: 'owner',
    answers: 200,
    call: ({ user }) => ({ params: { id: user }, body: { purpose: 'reset_password' } }),
    needsRecentSignIn: true,
  },
  'DELETE /api/v1/users/:id/totp': {
    may: 'owner',
    answers: 204,
    call: ({ user }) => ({ params: { id: user } }),
    prepare: async (scene, { organizationId }) => {
      await scene.sql(
        `INSERT INTO user_totp (user_id, organization_id, secret, enabled_at)
         SELECT id, organization_id, 'sealed', now() FROM users WHERE organization_id = $1 AND NOT is_owner ORDER BY created_at LIMIT 1
         ON CONFLICT DO NOTHING`,
        [organizationId],
      );
      return {};
    },
    needsRecentSignIn: true,
  },
  'GET /api/v1/api-keys': mine,
  'POST /api/v1/api-keys': {
    ...mine,
    // The property is the key's description; its text is in `key`.
    gives: ['api_key'],
    answers: 201,
    call: () => ({ body: { name: 'Program', scopes: ['self:read'] } }),
    needsRecentSignIn: true,
  },
  'DELETE /api/v1/api-keys/:id': {
    ...mine,
    answers: 204,
    call: ({ apiKey }) => ({ params: { id: apiKey } }),
    prepare: async (scene, { userId, organizationId }) => {
      const [row] = await scene.sql<{ id: string }>(
        `INSERT INTO api_keys (organization_id, user_id, name, key_hash, hint, scopes)
         VALUES ($1, $2, 'k', $3, 'h', '{self:read}') RETURNING id`,
        [organizationId, userId, randomBytes(32)],
      );
      return { apiKey: row?.id ?? '' };
    },
  },
};

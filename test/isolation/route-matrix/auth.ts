/** Routes of the module auth: signing up, in and out, and one's own sessions. */
import { randomBytes } from 'node:crypto';
import type { Entries } from './entry.ts';

const PASSWORD = 'a long enough password';
const newEmail = () => `new-${randomBytes(6).toString('hex')}@example.test`;
const SESSION_TOKENS = ['access_token', 'refresh_token'];

export const auth: Entries = {
  'POST /api/v1/auth/register': {
    may: 'anyone',
    answers: 201,
    call: () => ({
      body: { name: 'New', email: newEmail(), password: PASSWORD, organization_name: 'New firm' },
    }),
    gives: SESSION_TOKENS,
  },
  'POST /api/v1/auth/login': {
    may: 'anyone',
    answers: 401,
    call: () => ({ body: { email: newEmail(), password: PASSWORD } }),
    gives: SESSION_TOKENS,
  },
  'POST /api/v1/auth/sign-in-link': {
    may: 'anyone',
    answers: 401,
    call: () => ({ body: { token: randomBytes(32).toString('base64url') } }),
    gives: SESSION_TOKENS,
  },
  'POST /api/v1/auth/refresh': {
    may: 'anyone',
    answers: 401,
    call: () => ({ body: { refresh_token: randomBytes(32).toString('base64url') } }),
    gives: SESSION_TOKENS,
  },
  'POST /api/v1/auth/logout': { may: 'agent', answers: 204, notForApiKeys: true },
  'GET /api/v1/auth/me': { may: 'agent', answers: 200 },
  'GET /api/v1/auth/sessions': { may: 'agent', answers: 200, notForApiKeys: true },
  'DELETE /api/v1/auth/sessions/:id': {
    may: 'agent',
    notForApiKeys: true,
    answers: 204,
    call: ({ session }) => ({ params: { id: session } }),
    prepare: (_scene, caller) => Promise.resolve({ session: caller.sessionId }),
  },
  'GET /api/v1/setup': { may: 'anyone', answers: 200 },
};

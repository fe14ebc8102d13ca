/** Passwords, second factors, and the links that confirm an address or set a password. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { notFound } from '../../platform/errors.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { isUuid } from '../../platform/ids.ts';
import { callerOf, keepDevice } from './caller.ts';
import { changePassword } from './change-password.ts';
import * as contract from './contract.ts';
import {
  confirmTotp,
  disableTotp,
  enrolTotp,
  readTotpStatus,
  removeColleaguesTotp,
  renewRecoveryCodes,
} from './manage-second-factor.ts';
import { reauthenticate } from './prove-identity.ts';
import { requireRecentSignIn } from './recent-sign-in.ts';
import { forgotPassword, resetPassword } from './reset-password.ts';
import { showAccountLink } from './send-account-link.ts';
import { requestVerification, verifyEmail } from './verify-email.ts';

const open = { access: 'public', rateLimit: { max: 120, timeWindow: '1 minute' } } as const;
const own = { access: 'self:manage', rateLimit: { max: 120, timeWindow: '1 minute' } } as const;
const tags = ['People and sessions'];
const nothing = { 204: Type.Null() };

export function securityRoutes(server: HttpServer, app: App): void {
  linkRoutes(server, app);
  passwordRoutes(server, app);
  totpRoutes(server, app);
  colleagueRoutes(server, app);
}

function linkRoutes(server: HttpServer, app: App): void {
  const { publicUrl } = app.config;
  server.post(
    '/api/v1/auth/verify-email',
    { config: open, schema: { tags, body: contract.VerifyEmailBody, response: nothing } },
    async (request, reply) => {
      await verifyEmail(app, request.body.token, callerOf(request, publicUrl));
      return reply.status(204).send(null);
    },
  );
  server.post(
    '/api/v1/auth/verify-email/resend',
    { config: own, schema: { tags, response: { 200: contract.VerificationAnswer } } },
    (request) => requestVerification(app, actorOf(request), callerOf(request, publicUrl)),
  );
  server.post(
    '/api/v1/auth/forgot-password',
    {
      config: open,
      schema: {
        tags,
        description: 'Sends a link to whoever has this email. The answer is the same when nobody has it.',
        body: contract.ForgotPasswordBody,
        response: { 202: Type.Object({}) },
      },
    },
    async (request, reply) => {
      await forgotPassword(app, request.body.email, callerOf(request, publicUrl));
      return reply.status(202).send({});
    },
  );
  server.post(
    '/api/v1/auth/reset-password',
    { config: open, schema: { tags, body: contract.ResetPasswordBody, response: nothing } },
    async (request, reply) => {
      const caller = callerOf(request, publicUrl);
      await resetPassword(app, request.body, caller);
      keepDevice(reply, publicUrl, caller);
      return reply.status(204).send(null);
    },
  );
}

function passwordRoutes(server: HttpServer, app: App): void {
  server.post(
    '/api/v1/auth/reauthenticate',
    {
      config: own,
      schema: {
        tags,
        description:
          'Proves again who is signed in. For five minutes this session may do what is answered with `auth.sign_in_again` otherwise.',
        body: contract.ProofBody,
        response: { 200: contract.ReauthenticateAnswer },
      },
    },
    (request) => reauthenticate(app, actorOf(request), request.body),
  );
  server.post(
    '/api/v1/auth/password',
    {
      config: own,
      schema: {
        tags,
        description: 'Changes the password. Every other session of this person ends.',
        body: contract.ChangePasswordBody,
        response: nothing,
      },
    },
    async (request, reply) => {
      await changePassword(app, actorOf(request), request.body);
      return reply.status(204).send(null);
    },
  );
}

function totpRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/auth/totp',
    { config: own, schema: { tags, response: { 200: contract.TotpStatus } } },
    (request) => readTotpStatus(app, actorOf(request)),
  );
  server.post(
    '/api/v1/auth/totp',
    { config: own, schema: { tags, response: { 200: contract.TotpEnrolment } } },
    (request) => enrolTotp(app, actorOf(request)),
  );
  server.post(
    '/api/v1/auth/totp/confirm',
    {
      config: own,
      schema: { tags, body: contract.ConfirmTotpBody, response: { 200: contract.RecoveryCodes } },
    },
    (request) => confirmTotp(app, actorOf(request), request.body.code),
  );
  server.post(
    '/api/v1/auth/totp/recovery-codes',
    { config: own, schema: { tags, response: { 200: contract.RecoveryCodes } } },
    (request) => renewRecoveryCodes(app, actorOf(request)),
  );
  server.post(
    '/api/v1/auth/totp/disable',
    { config: own, schema: { tags, body: contract.ProofBody, response: nothing } },
    async (request, reply) => {
      await disableTotp(app, actorOf(request), request.body);
      return reply.status(204).send(null);
    },
  );
}

function colleagueRoutes(server: HttpServer, app: App): void {
  const config = { access: 'organization:manage' } as const;
  const params = Type.Object({ id: Type.String() });

  server.post(
    '/api/v1/users/:id/account-link',
    {
      config,
      schema: {
        tags,
        description: 'A link for a colleague who gets no mail, for an owner to hand over.',
        params,
        body: contract.AccountLinkBody,
        response: { 200: contract.AccountLink },
      },
    },
    (request) => {
      const actor = actorOf(request);
      requireRecentSignIn(actor, app.clock);
      if (!isUuid(request.params.id)) throw notFound('person');
      return showAccountLink(app, actor, { userId: request.params.id, purpose: request.body.purpose });
    },
  );
  server.delete(
    '/api/v1/users/:id/totp',
    { config, schema: { tags, params, response: nothing } },
    async (request, reply) => {
      const { id } = request.params;
      if (!isUuid(id)) throw notFound('person');
      await removeColleaguesTotp(app, actorOf(request), id);
      return reply.status(204).send(null);
    },
  );
}

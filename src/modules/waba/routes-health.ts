/** How well accounts are, over HTTP. Everybody of the organization may know; owners mend. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import * as contract from './contract-health.ts';
import { fixAccount, runCheck } from './fix-account.ts';
import { readAccountEvents } from './read-account-events.ts';
import { readHealth } from './read-health.ts';

const tags = ['Health'];
const read = { access: 'waba:read' } as const;
// A check asks Meta, which allows 200 calls an hour for each account, and looks at the network.
const mend = { access: 'organization:manage', rateLimit: { max: 30, timeWindow: '1 minute' } } as const;
const params = Type.Object({ waba_id: Type.String() });
const response = { 200: contract.AccountHealth };

export function healthRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/health/accounts',
    {
      config: read,
      schema: {
        tags,
        description:
          'What is right and wrong with each account: what stands here, and what the last check found.',
        response: { 200: contract.AccountHealthPage },
      },
    },
    async (request) => ({ data: await readHealth(app, actorOf(request)), next_cursor: null }),
  );
  server.get(
    '/api/v1/health/events',
    {
      config: read,
      schema: {
        tags,
        description: 'What Meta told of the accounts and what was noticed here, newest first.',
        querystring: contract.AccountEventQuery,
        response: { 200: contract.AccountEventPage },
      },
    },
    (request) => readAccountEvents(app, actorOf(request), request.query),
  );
  server.post(
    '/api/v1/health/accounts/:waba_id/check',
    {
      config: mend,
      schema: { tags, description: 'Asks Meta and the network now.', params, response },
    },
    (request) => runCheck(app, actorOf(request), request.params.waba_id),
  );
  server.post(
    '/api/v1/health/accounts/:waba_id/fix',
    {
      config: mend,
      schema: {
        tags,
        description: 'Mends one finding and looks again.',
        params,
        body: contract.FixBody,
        response,
      },
    },
    (request) => fixAccount(app, actorOf(request), request.params.waba_id, request.body),
  );
}

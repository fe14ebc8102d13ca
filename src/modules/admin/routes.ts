/** The admin area over HTTP. The database asks again whether it is an admin who calls. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { AuditCheck, AuditQuery, InstallAuditPage } from '../organizations/contract-audit.ts';
import { checkAudit, readInstallAudit } from '../organizations/read-audit.ts';
import * as contract from './contract.ts';
import {
  deleteAllConfigurations,
  deleteConfigurationOf,
  readConfigStats,
  readConfigurations,
  restoreConfigurationOf,
} from './oversee-configurations.ts';
import { getOverview, readOrganizations, revealWebhook } from './oversee-install.ts';

const tags = ['Admin'];
const config = { access: 'install:manage' } as const;
const CONFIGS = '/api/v1/tenant/admin/configs';

export function adminRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/admin/overview',
    { config, schema: { tags, response: { 200: contract.InstallOverview } } },
    (request) => getOverview(app, actorOf(request)),
  );
  server.get(
    '/api/v1/admin/organizations',
    {
      config,
      schema: {
        tags,
        querystring: contract.OrganizationsQuery,
        response: { 200: contract.OrganizationPage },
      },
    },
    (request) => readOrganizations(app, actorOf(request), request.query),
  );
  server.get(
    '/api/v1/admin/audit',
    { config, schema: { tags, querystring: AuditQuery, response: { 200: InstallAuditPage } } },
    (request) => readInstallAudit(app, actorOf(request), request.query),
  );
  server.get(
    '/api/v1/admin/audit/check',
    { config, schema: { tags, response: { 200: AuditCheck } } },
    (request) => checkAudit(app, actorOf(request), { everywhere: true }),
  );
  server.post(
    '/api/v1/admin/webhook/reveal',
    {
      config,
      schema: {
        tags,
        description: 'What is entered at Meta for the install’s own app; within five minutes of a sign-in.',
        response: { 200: contract.InstallWebhook },
      },
    },
    (request) => revealWebhook(app, actorOf(request)),
  );
  configurationRoutes(server, app);
}

function configurationRoutes(server: HttpServer, app: App): void {
  server.get(
    `${CONFIGS}/all`,
    { config, schema: { tags, querystring: contract.ConfigsQuery, response: { 200: contract.ConfigPage } } },
    (request) => readConfigurations(app, actorOf(request), request.query),
  );
  server.get(
    `${CONFIGS}/stats`,
    { config, schema: { tags, response: { 200: contract.ConfigStats } } },
    (request) => readConfigStats(app, actorOf(request)),
  );
  server.delete(
    `${CONFIGS}/delete-all`,
    {
      config,
      schema: {
        tags,
        description:
          'Within five minutes of a sign-in, and with the words typed out. Restorable for 30 days.',
        body: contract.DeleteAllBody,
        response: { 200: contract.DeletedCount },
      },
    },
    (request) => deleteAllConfigurations(app, actorOf(request)),
  );
  server.delete(
    `${CONFIGS}/delete-tenant/:id`,
    {
      config,
      schema: { tags, params: Type.Object({ id: Type.String() }), response: { 200: contract.DeletedCount } },
    },
    (request) => deleteConfigurationOf(app, actorOf(request), request.params.id),
  );
  server.post(
    `${CONFIGS}/restore/:id`,
    {
      config,
      schema: {
        tags,
        params: Type.Object({ id: Type.String() }),
        response: { 200: contract.RestoredConfig },
      },
    },
    (request) => restoreConfigurationOf(app, actorOf(request), request.params.id),
  );
}

/** The audit over HTTP, for owners. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { AuditCheck, AuditPage, AuditQuery } from './contract-audit.ts';
import { checkAudit, readAudit } from './read-audit.ts';

const tags = ['Organization'];
const config = { access: 'organization:manage' } as const;

export function auditRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/organization/audit',
    {
      config,
      schema: {
        tags,
        description: 'Who changed rights, secrets and connections, newest first.',
        querystring: AuditQuery,
        response: { 200: AuditPage },
      },
    },
    (request) => readAudit(app, actorOf(request), request.query),
  );
  server.get(
    '/api/v1/organization/audit/check',
    {
      config,
      schema: {
        tags,
        description: 'Whether the chain of audit events is whole.',
        response: { 200: AuditCheck },
      },
    },
    (request) => checkAudit(app, actorOf(request), { everywhere: false }),
  );
}

/** The organization's settings over HTTP. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { changeOrganization, getOrganization } from './change-organization.ts';
import { OrganizationPatch, OrganizationSettings } from './contract.ts';

const tags = ['Organization'];
const response = { 200: OrganizationSettings };

export function organizationRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/organization',
    { config: { access: 'self:read' }, schema: { tags, response } },
    (request) => getOrganization(app, actorOf(request)),
  );
  server.patch(
    '/api/v1/organization',
    { config: { access: 'organization:manage' }, schema: { tags, body: OrganizationPatch, response } },
    (request) => changeOrganization(app, actorOf(request), request.body),
  );
}

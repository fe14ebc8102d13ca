/** Every route of the product, module by module. */
import type { App } from './app.ts';
import { apiKeyRoutes } from './modules/auth/routes-api-keys.ts';
import { adminRoutes } from './modules/admin/routes.ts';
import { authRoutes } from './modules/auth/routes.ts';
import { profileRoutes } from './modules/auth/routes-profile.ts';
import { securityRoutes } from './modules/auth/routes-security.ts';
import { conversationRoutes } from './modules/conversations/routes.ts';
import { credentialRoutes } from './modules/credentials/routes.ts';
import { quarantineRoutes } from './modules/inbound/routes-quarantine.ts';
import { inboundRoutes } from './modules/inbound/routes.ts';
import { auditRoutes } from './modules/organizations/routes-audit.ts';
import { mediaRoutes } from './modules/media/routes.ts';
import { outboundRoutes } from './modules/outbound/routes.ts';
import { organizationRoutes } from './modules/organizations/routes.ts';
import { automaticMessageRoutes } from './modules/organizations/routes-automatic.ts';
import { peopleRoutes } from './modules/people/routes.ts';
import { rentalRoutes } from './modules/rentals/routes.ts';
import { routingRoutes } from './modules/routing/routes.ts';
import { wabaRoutes } from './modules/waba/routes.ts';
import type { HttpServer } from './platform/http/server.ts';

export async function addRoutes(server: HttpServer, app: App): Promise<void> {
  authRoutes(server, app);
  securityRoutes(server, app);
  profileRoutes(server, app);
  apiKeyRoutes(server, app);
  organizationRoutes(server, app);
  automaticMessageRoutes(server, app);
  peopleRoutes(server, app);
  auditRoutes(server, app);
  credentialRoutes(server, app);
  wabaRoutes(server, app);
  rentalRoutes(server, app);
  routingRoutes(server, app);
  mediaRoutes(server, app);
  conversationRoutes(server, app);
  outboundRoutes(server, app);
  adminRoutes(server, app);
  quarantineRoutes(server, app);
  await inboundRoutes(server, app);
}

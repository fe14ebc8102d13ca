/** The quarantine over HTTP: for owners their organization's, for admins the install's. */
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import {
  QuarantinedItemDetail,
  QuarantinePage,
  QuarantineParams,
  QuarantineQuery,
  Replayed,
  ReplayBody,
} from './contract-quarantine.ts';
import { getQuarantined, itemId, readQuarantine, replayItems } from './oversee-quarantine.ts';

type Area = {
  path: string;
  access: 'organization:manage' | 'install:manage';
  tag: string;
  everywhere: boolean;
};

const areas: Area[] = [
  { path: '/api/v1/quarantine', access: 'organization:manage', tag: 'Organization', everywhere: false },
  { path: '/api/v1/admin/quarantine', access: 'install:manage', tag: 'Admin', everywhere: true },
];

export function quarantineRoutes(server: HttpServer, app: App): void {
  for (const area of areas) addArea(server, app, area);
}

function addArea(server: HttpServer, app: App, { path, access, tag, everywhere }: Area): void {
  const config = { access };
  const tags = [tag];
  server.get(
    path,
    { config, schema: { tags, querystring: QuarantineQuery, response: { 200: QuarantinePage } } },
    (request) => readQuarantine(app, actorOf(request), { ...request.query, everywhere }),
  );
  server.get(
    `${path}/:id`,
    { config, schema: { tags, params: QuarantineParams, response: { 200: QuarantinedItemDetail } } },
    (request) => getQuarantined(app, actorOf(request), { id: request.params.id, everywhere }),
  );
  server.post(
    `${path}/:id/replay`,
    { config, schema: { tags, params: QuarantineParams, response: { 200: Replayed } } },
    (request) => replayItems(app, actorOf(request), { ids: [itemId(request.params.id)], everywhere }),
  );
  server.post(
    `${path}/replay`,
    {
      config,
      schema: {
        tags,
        description: 'Tries items anew: those that are named, or all of them.',
        body: ReplayBody,
        response: { 200: Replayed },
      },
    },
    (request) => replayItems(app, actorOf(request), { ...request.body, everywhere }),
  );
}

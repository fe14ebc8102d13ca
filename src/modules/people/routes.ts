/** The people of an organization over HTTP. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { changePerson } from './change-person.ts';
import * as contract from './contract.ts';
import { getPeople } from './list-people.ts';
import { removePerson } from './remove-person.ts';
import { addInvitationRoutes } from './routes-invitations.ts';

const tags = ['People and sessions'];
const params = Type.Object({ id: Type.String() });
const manage = { access: 'people:manage' } as const;

export function peopleRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/users',
    {
      config: { access: 'people:read' },
      schema: {
        tags,
        description:
          'By name. Owners see everybody with their state; others the names of those who work here.',
        querystring: contract.PageQuery,
        response: { 200: contract.PeoplePage },
      },
    },
    (request) => getPeople(app, actorOf(request), request.query),
  );
  server.patch(
    '/api/v1/users/:id',
    {
      config: manage,
      schema: { tags, params, body: contract.PersonPatch, response: { 200: contract.Person } },
    },
    (request) => changePerson(app, actorOf(request), request.params.id, request.body),
  );
  server.delete(
    '/api/v1/users/:id',
    {
      config: manage,
      schema: {
        tags,
        description:
          'Deletes a person. Whoever has customers is only deleted when `hand_over_to` names a colleague who takes them over.',
        params,
        querystring: contract.RemovalQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await removePerson(app, actorOf(request), request.params.id, request.query.hand_over_to ?? null);
      return reply.status(204).send(null);
    },
  );
  addInvitationRoutes(server, app);
}

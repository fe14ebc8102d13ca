/**
 * Whom the route matrix is about: organization `here` with an owner and an agent, made over HTTP so that every valid call works;
 * organization `there`, whose every text is a canary and which nobody calls from; a stranger who owns a third, and an admin.
 */
import { randomBytes } from 'node:crypto';
import type { SessionAnswer } from '../../../src/modules/auth/contract.ts';
import { queryAsAdmin } from '../../harness/admin-query.ts';
import { registerOwner, request } from '../../harness/api.ts';
import { newPhone } from '../../harness/deliveries.ts';
import { connectNumber } from '../../harness/numbers.ts';
import { hire } from '../../harness/people.ts';
import { recordRoutes, type RecordedRoute } from '../../harness/recorded-routes.ts';
import { startTestSwitchboard } from '../../harness/switchboard.ts';
import { listWalledTables, asTableOwner, makeCanaryOrganization } from '../../harness/two-organizations.ts';
import type { Scene } from './entry.ts';
import { findIds, type Ids } from './ids.ts';

/** In names and texts of `here`: whoever is not of it must not read it. */
export const HERE_CANARY = 'Canary-here';
/** The beginning of every text of `there`. */
export const THERE_CANARY = 'Canary-there';

export type Person = { name: string; userId: string; organizationId: string };
export type World = Scene & {
  routes: RecordedRoute[];
  people: { agent: Person; owner: Person; stranger: Person; admin: Person };
  here: Ids;
  there: Ids;
};

const personOf = (name: string, { user, organization }: SessionAnswer): Person => ({
  name,
  userId: user.id,
  organizationId: organization.id,
});

export async function makeWorld(): Promise<World> {
  const { result: switchboard, routes } = await recordRoutes(() =>
    startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1,::1' }),
  );
  const { url, database } = switchboard;
  const admin = await registerOwner(url);
  const owner = await registerOwner(url, `${HERE_CANARY} owner`);
  const stranger = await registerOwner(url);
  const agent = await hire(switchboard, owner, `${HERE_CANARY} agent`);
  for (const person of [owner, agent]) await receiveMessage(switchboard, person.access_token);
  // From here on nothing moves by itself, so that what changes was changed by a request.
  await switchboard.jobs?.stop();
  const there = await makeCanaryOrganization(database.adminUrl, 'there');
  const scene: Scene = {
    switchboard,
    owner,
    sql: (statement, values = []) => queryAsAdmin(database, statement, values),
  };
  return {
    ...scene,
    routes,
    people: {
      agent: personOf('agent', agent),
      owner: personOf('owner', owner),
      stranger: personOf('stranger', stranger),
      admin: personOf('admin', admin),
    },
    here: await findIds(scene, owner.organization.id),
    there: await findIds(scene, there.id),
  };
}

async function receiveMessage(switchboard: Scene['switchboard'], token: string): Promise<void> {
  const { phoneNumberId } = await connectNumber(switchboard, token);
  switchboard.simulator.control.inbound({
    phone_number_id: phoneNumberId,
    from: newPhone(),
    text: `${HERE_CANARY} asks`,
  });
  await switchboard.settle();
}

/** Everything that an organization has, so that a change of anything shows. */
export function fingerprint(world: World, organizationId: string): Promise<Record<string, string>> {
  return asTableOwner(world.switchboard.database.adminUrl, async (client) => {
    const prints: Record<string, string> = {};
    for (const table of await listWalledTables(client)) {
      const { rows } = await client.query<{ print: string | null }>(
        `SELECT string_agg(md5(t::text), ',' ORDER BY md5(t::text)) AS print FROM ${table} t WHERE organization_id = $1`,
        [organizationId],
      );
      if (rows[0]?.print) prints[table] = rows[0].print;
    }
    return prints;
  });
}

/** Limits on requests count by address; nothing may hide behind them here. */
const somewhere = () =>
  `198.18.${randomBytes(1).readUInt8().toString()}.${randomBytes(1).readUInt8().toString()}`;

export type Asked = {
  method: string;
  address: string;
  token: string | null;
  body?: unknown;
  headers?: Record<string, string>;
};

export function ask(world: World, { method, address, token, body, headers }: Asked) {
  return request(`${world.switchboard.url}${address}`, {
    method,
    token,
    ...(body === undefined ? {} : { body }),
    headers: { 'x-forwarded-for': somewhere(), ...headers },
  });
}

/**
 * Whom the route matrix is about: organization `here` with an owner and an agent, made over HTTP so that every valid call works;
 * organization `there`, whose every text is a canary and which nobody calls from; a stranger who owns a third, and an admin.
 */
import { randomBytes } from 'node:crypto';
import type { SessionAnswer } from '../../../src/modules/auth/contract.ts';
import pg from 'pg';
import { registerOwner, request } from '../../harness/api.ts';
import { newPhone } from '../../harness/deliveries.ts';
import { connectNumber } from '../../harness/numbers.ts';
import { hire } from '../../harness/people.ts';
import { recordRoutes, type RecordedRoute } from '../../harness/recorded-routes.ts';
import { startTestSwitchboard } from '../../harness/switchboard.ts';
import { listWalledTables, asTableOwner, makeCanaryOrganization } from '../../harness/two-organizations.ts';
import type { Scene } from './entry.ts';
import { quarantine } from './inbound.ts';
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
  stop: () => Promise<void>;
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
  const pool = new pg.Pool({ connectionString: database.adminUrl, max: 4 });
  const scene: Scene = {
    switchboard,
    owner,
    call: async ({ token }, method, path, body) => {
      const answer = await request(`${url}${path}`, {
        method,
        token,
        ...(body === undefined ? {} : { body }),
      });
      if (answer.status >= 300)
        throw new Error(
          `${method} ${path} answered ${String(answer.status)}: ${JSON.stringify(answer.body)}`,
        );
    },
    sql: async (statement, values = []) => (await pool.query(statement, values)).rows,
  };
  await fill(scene, { owner, agent });
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
    stop: async () => {
      await pool.end();
      await switchboard.stop();
    },
  };
}

/** Rows of `here` that no request of the matrix makes before they are named; and ids of `there` in the form in which Meta's are. */
async function fill(
  scene: Scene,
  { owner, agent }: { owner: SessionAnswer; agent: SessionAnswer },
): Promise<void> {
  const { sql, switchboard } = scene;
  const here = owner.organization.id;
  await quarantine(scene, here, HERE_CANARY);
  await quarantine(scene, 'org_there', THERE_CANARY);
  await sql(`INSERT INTO tenant_configs (tenant_id, user_id) VALUES ($1, $2)`, [here, owner.user.id]);
  await sql(
    `INSERT INTO invitations (organization_id, email, name, token_hash, by_mail, invited_by, expires_at)
     VALUES ($1, 'waiting@example.test', $2, $3, false, $4, now() + interval '1 day')`,
    [here, HERE_CANARY, randomBytes(32), owner.user.id],
  );
  await sql(
    `INSERT INTO api_keys (organization_id, user_id, name, key_hash, hint, scopes) VALUES ($1, $2, $3, $4, 'h', '{self:read}')`,
    [here, agent.user.id, HERE_CANARY, randomBytes(32)],
  );
  await sql(
    `INSERT INTO connection_attempts (organization_id, user_id, kind, status, step, app_id)
     VALUES ($1, $2, 'token', 'failed', 'inspect', '1')`,
    [here, agent.user.id],
  );
  await sql(
    `INSERT INTO media (agent_id, organization_id, conversation_id, message_id, phone_number_id, meta_id, kind, expires_at, file_name)
     SELECT agent_id, organization_id, conversation_id, id, phone_number_id, '1', 'document', now() + interval '1 day', $2
     FROM messages WHERE organization_id = $1 AND agent_id IS NOT NULL`,
    [here, HERE_CANARY],
  );
  await sql(
    `INSERT INTO triage_items (organization_id, customer_id, phone_number_id, reason, last_message_id, last_message_at)
     SELECT organization_id, 0, phone_number_id, $2, 0, now() FROM phone_numbers WHERE organization_id = $1 LIMIT 1`,
    [here, HERE_CANARY],
  );
  await asTableOwner(switchboard.database.adminUrl, (client) =>
    client.query(`UPDATE waba_accounts SET waba_id = '9' || (row_number_of.n)::text FROM
      (SELECT ctid AS place, row_number() OVER () AS n FROM waba_accounts WHERE organization_id = 'org_there') row_number_of
      WHERE waba_accounts.ctid = row_number_of.place`),
  );
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

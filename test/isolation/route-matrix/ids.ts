/** The ids that requests name things by, found in the database for whichever organization is asked about. */
import type { Scene } from './entry.ts';

/** For each kind, one of the organization's; the agent's own where an agent has some. Add what a new route names. */
const FIND = {
  organization: 'SELECT $1::text AS id',
  user: 'SELECT id FROM users WHERE organization_id = $1 AND NOT is_owner ORDER BY created_at LIMIT 1',
  owner: 'SELECT id FROM users WHERE organization_id = $1 AND is_owner ORDER BY created_at LIMIT 1',
  agent:
    'SELECT a.id FROM agents a JOIN users u ON u.id = a.user_id WHERE a.organization_id = $1 ORDER BY u.is_owner, a.id LIMIT 1',
  colleague: 'SELECT user_id AS id FROM agents WHERE organization_id = $1 ORDER BY id DESC LIMIT 1',
  session: 'SELECT id FROM sessions WHERE organization_id = $1 AND revoked_at IS NULL LIMIT 1',
  phoneNumber: 'SELECT phone_number_id AS id FROM phone_numbers WHERE organization_id = $1 LIMIT 1',
  waba: 'SELECT waba_id AS id FROM waba_accounts WHERE organization_id = $1 LIMIT 1',
  conversation: `SELECT c.id FROM conversations c JOIN agents a ON a.id = c.agent_id JOIN users u ON u.id = a.user_id
    WHERE c.organization_id = $1 ORDER BY u.is_owner, c.id LIMIT 1`,
  connection: 'SELECT id FROM connection_attempts WHERE organization_id = $1 LIMIT 1',
  invitation: 'SELECT id FROM invitations WHERE organization_id = $1 LIMIT 1',
  apiKey: 'SELECT id FROM api_keys WHERE organization_id = $1 LIMIT 1',
  media: `SELECT m.id FROM media m JOIN agents a ON a.id = m.agent_id JOIN users u ON u.id = a.user_id
    WHERE m.organization_id = $1 ORDER BY u.is_owner LIMIT 1`,
  configuration: 'SELECT id FROM tenant_configs WHERE tenant_id = $1 LIMIT 1',
  item: `SELECT i.id FROM app.webhook_items i JOIN phone_numbers n ON n.phone_number_id = i.phone_number_id
    WHERE n.organization_id = $1 AND i.state = 'quarantined' LIMIT 1`,
  customer: 'SELECT id FROM customers WHERE organization_id = $1 AND agent_id IS NOT NULL LIMIT 1',
  triage: 'SELECT id FROM triage_items WHERE organization_id = $1 LIMIT 1',
  message: `SELECT m.id FROM messages m JOIN agents a ON a.id = m.agent_id JOIN users u ON u.id = a.user_id
    WHERE m.organization_id = $1 AND m.direction = 'inbound' ORDER BY u.is_owner, m.id LIMIT 1`,
} as const;

/** Kinds of ids, and a token of Meta's, which only `prepare` can make. */
export type IdKind = keyof typeof FIND | 'metaToken';
export type Ids = Record<IdKind, string>;

export async function findIds(scene: Scene, organizationId: string): Promise<Ids> {
  const found = await Promise.all(
    Object.entries(FIND).map(async ([kind, statement]) => {
      const [row] = await scene.sql<{ id: string | number }>(statement, [organizationId]);
      if (!row) throw new Error(`${organizationId} has no ${kind}; make one in world.ts.`);
      return [kind, String(row.id)] as const;
    }),
  );
  return { ...(Object.fromEntries(found) as Omit<Ids, 'metaToken'>), metaToken: 'EAAnobodys-token' };
}

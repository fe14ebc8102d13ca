/** Who answers for an agent by itself, for the module that receives. */
import { Value } from 'typebox/value';
import type { Tx } from '../../platform/db/tx.ts';
import { AutoResponses } from './contract-auto-responses.ts';
import { findAutoResponses as find } from './queries.ts';

/** Null when the agent's user has none, or when they were stored in another shape. */
export async function findAutoResponses(
  tx: Tx,
  agentId: number,
): Promise<{ userId: string; responses: AutoResponses } | null> {
  const row = await find(tx, agentId);
  return row && Value.Check(AutoResponses, row.auto_responses)
    ? { userId: row.id, responses: row.auto_responses }
    : null;
}

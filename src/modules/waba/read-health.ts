/** How well the organization's accounts are: what stands in the database now, and what the last check found. */
import type { App } from '../../app.ts';
import type { Json } from '../../graph-api/json.ts';
import { asUser, asWorker, type Tx } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import type { AccountHealth, Finding } from './contract-health.ts';
import {
  listAccountFacts,
  listChecks,
  listConnections,
  listNumberStates,
  type ConnectionRow,
} from './queries/health.ts';
import { connectionFindings, describeDisconnection, worstOf, type Connection } from './rules-health.ts';
import { numberFindings } from './rules-numbers.ts';
import { policyFindings } from './rules-policy.ts';

type Known = {
  numbers: Awaited<ReturnType<typeof listNumberStates>>;
  facts: Awaited<ReturnType<typeof listAccountFacts>>;
  checks: Awaited<ReturnType<typeof listChecks>>;
};

function connectionOf(row: ConnectionRow): Connection {
  return {
    live: row.live,
    disconnectedAt: row.disconnected_at,
    disconnectedBy: row.disconnected_by,
    disconnectedReason: row.disconnected_reason,
    tokenExpiresAt: row.token_expires_at,
  };
}

function present(row: ConnectionRow, known: Known, now: Date): AccountHealth {
  const isOurs = (one: { waba_id: string }) => one.waba_id === row.waba_id;
  const numbers = known.numbers.filter(isOurs);
  const words = new Map(known.facts.filter(isOurs).map((fact) => [fact.aspect, fact.value as Json]));
  const check = known.checks.find(isOurs);
  const connection = connectionOf(row);
  const findings = [
    ...connectionFindings(connection, now),
    ...policyFindings(words, now),
    ...numbers.flatMap(numberFindings),
    // Written by check-account.ts alone, in the same form.
    ...((check?.findings ?? []) as Finding[]),
  ];
  return {
    waba_id: row.waba_id,
    name: row.name,
    severity: worstOf(findings),
    sending: row.live ? 'on' : 'paused',
    paused_reason: row.live ? null : describeDisconnection(connection),
    waiting_messages: row.held,
    phone_number_ids: numbers.map((number) => number.phone_number_id),
    checked_at: check?.checked_at.toISOString() ?? null,
    findings,
  };
}

async function load(tx: Tx, now: Date): Promise<AccountHealth[]> {
  const connections = await listConnections(tx);
  const known: Known = {
    numbers: await listNumberStates(tx),
    facts: await listAccountFacts(tx),
    checks: await listChecks(tx),
  };
  return connections.map((row) => present(row, known, now));
}

/** The accounts of the asking person's organization. */
export function readHealth(
  app: App,
  actor: Pick<Actor, 'userId' | 'organizationId'>,
): Promise<AccountHealth[]> {
  return asUser(app, actor, (tx) => load(tx, app.clock.now()));
}

/** The same for work that no person does. */
export function readHealthOf(app: App, organizationId: string): Promise<AccountHealth[]> {
  return asWorker(app, organizationId, (tx) => load(tx, app.clock.now()));
}

/** Why nothing is sent on a number for now, in a sentence; null while its account is connected. */
export async function findPause(tx: Tx, phoneNumberId: string): Promise<string | null> {
  const number = (await listNumberStates(tx)).find((one) => one.phone_number_id === phoneNumberId);
  const account = (await listConnections(tx)).find((one) => one.waba_id === number?.waba_id);
  return account && !account.live ? describeDisconnection(connectionOf(account)) : null;
}

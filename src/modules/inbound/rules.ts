/** Which items may share a transaction, and what becomes of one that could not be processed. Pure. */
import type { ClaimedItem } from './queries.ts';

/** The item itself is at fault: trying again would change nothing. */
export class PoisonedItem extends Error {
  override name = 'PoisonedItem';
}

const SHARED_KINDS = new Set(['message', 'status']);

/** Whether a lane's run may share a transaction with others': each item has a contact of its own, so no two lanes touch the same rows. */
export function canShareTransaction(run: readonly ClaimedItem[]): boolean {
  return run.every(
    (item) =>
      SHARED_KINDS.has(item.kind) &&
      item.attempts === 0 &&
      item.organization_id !== null &&
      item.ordering_key.startsWith('['),
  );
}

/** The lease was lost while working: whoever has it now does the work, and this attempt must leave nothing behind. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

export type AfterFailure =
  { action: 'leave' } | { action: 'quarantine' } | { action: 'retry'; seconds: number };

const MOST_ATTEMPTS = 8;
// PostgreSQL's classes of data exception and program limit: the same item fails the same way every time.
const POISON = /^(22|54)/;
// Connection trouble, shutdown, lack of resources: not the item's fault, however long it lasts.
const PASSING = /^(08|53|57|55)|^ECONN|^ETIMEDOUT|^EPIPE/;

/** One item never holds up another for long: after eight tries, about two minutes, it is quarantined with its error. */
export function decideAfterFailure(error: unknown, attempts: number): AfterFailure {
  if (error instanceof LeaseLost) return { action: 'leave' };
  if (error instanceof PoisonedItem) return { action: 'quarantine' };
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (POISON.test(code)) return { action: 'quarantine' };
  if (PASSING.test(code)) return { action: 'retry', seconds: 2 };
  return attempts >= MOST_ATTEMPTS
    ? { action: 'quarantine' }
    : { action: 'retry', seconds: Math.min(2 ** (attempts - 1), 60) };
}

/** Whether somebody else held a lock for too long (PostgreSQL's lock_not_available). */
export function isLockTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '55P03';
}

/** What is kept of an error: enough to act on, and never the item's own words. */
export function describeFault(error: unknown): string {
  if (error instanceof PoisonedItem) return error.message;
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? `${String(error.code)}: ` : '';
  const message = error instanceof Error ? error.message : String(error);
  return `${code}${message}`.replaceAll('\0', '').slice(0, 500);
}

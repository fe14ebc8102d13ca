/**
 * Named places between two steps of the work where a test ends the process, throws or waits, to prove that any of them may be the
 * last. What must stay true: the list is closed and every name is called somewhere (failpoints.test.ts), nothing but the test
 * harness arms one, and unarmed they do nothing. They are the process's, not the App's: that nobody passes them is their point.
 */
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

/** In the order in which a message passes them. */
export const FAILPOINTS = [
  /** The request is read, nothing is checked. */
  'inbound.bytes-read',
  'inbound.signature-verified',
  /** The delivery is on its way to the database; nobody here knows whether it is committed. */
  'inbound.storing',
  /** Committed and not answered: Meta delivers it again. */
  'inbound.stored',
  'inbound.acknowledged',
  'inbound.deliveries-taken',
  /** The items are inserted, not committed. */
  'inbound.items-inserted',
  'inbound.deliveries-split',
  'inbound.items-claimed',
  /** An item has had its effects, which are not committed. */
  'inbound.item-handled',
  'inbound.items-finished',
  'inbound.items-committed',
  /** The last statement before COMMIT of whatever moves a screen. */
  'transaction.events-published',
  /** COMMIT is on its way; nobody here knows whether it is done. */
  'transaction.committing',
  'outbound.claimed',
  /** Committed: from here on the request may have left. */
  'outbound.marked-sending',
  'outbound.request-begun',
  /** Meta has answered and nobody has read it. */
  'outbound.reply-unread',
  'outbound.reply-read',
  'outbound.accepted-uncommitted',
  'outbound.accepted-committed',
  /** An automatic message counts against its limit; it is not written, and nothing is committed. */
  'automatic.claimed',
  /** It stands in the outbox and in its thread, not committed. */
  'automatic.queued',
  /** What waited in triage is with its agent, not committed. */
  'triage.given',
  /** The same, by an owner. */
  'triage.assigned',
  /** A file is about to be asked for. */
  'media.fetching',
  /** It lies on the disk, and no row knows it. */
  'media.downloaded',
  'media.stored',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

type Plan = { mode: 'kill' | 'throw' | 'delay'; hit: number; milliseconds: number };

const armed = new Map<string, Plan>();

/** What an armed failpoint throws: no error that any code expects. */
export class FailpointReached extends Error {
  override name = 'FailpointReached';
}

/** Marks a place. Await it; it costs nothing while no test has armed it. */
export function failpoint(name: Failpoint): Promise<void> | undefined {
  const plan = armed.get(name);
  if (plan === undefined || --plan.hit > 0) return undefined;
  return carryOut(name, plan);
}

async function carryOut(name: Failpoint, { mode, milliseconds }: Plan): Promise<void> {
  if (mode === 'delay') {
    await pause(milliseconds);
    return;
  }
  armed.delete(name);
  if (mode === 'throw') throw new FailpointReached(name);
  process.kill(process.pid, 'SIGKILL');
  // The signal takes a moment, in which nothing more may happen.
  await new Promise(() => undefined);
}

/**
 * For the test harness alone: `name:kill`, `name:throw@3` (at the third time), `name:delay=200` (milliseconds, each time), with
 * commas between several. Throws for a name or a mode that there is not.
 */
export function armFailpoints(plans: string): void {
  for (const plan of plans.split(',').filter((text) => text !== '')) {
    const [, name = '', mode, milliseconds, hit] =
      /^([\w.-]+):(kill|throw|delay)(?:=(\d+))?(?:@(\d+))?$/.exec(plan) ?? [];
    if (mode === undefined || !(FAILPOINTS as readonly string[]).includes(name))
      throw new Error(`There is no failpoint like "${plan}".`);
    armed.set(name, {
      mode: mode as Plan['mode'],
      hit: Number(hit ?? 1),
      milliseconds: Number(milliseconds ?? 0),
    });
  }
}

/** For tests in one process: nothing is armed any more. */
export function disarmFailpoints(): void {
  armed.clear();
}

/**
 * Customers who write one message after the other while a server is killed under them, and the comparison afterwards: what was
 * acknowledged is stored, once and in order. What was not acknowledged is posted again, as Meta does.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { countKills, findDamage, type KillCount } from './kill-places.ts';
import { until } from './server-process.ts';
import { deliveryOf, postDelivery } from './signed-delivery.ts';

/** Between two messages: what is under test is not how much a server can take. */
const THINKS_MS = 40;

type Customer = { contact: string; acknowledged: string[]; done: Promise<void> };

export type Customers = {
  prefix: string;
  people: readonly Customer[];
  /** Deliveries that were answered 200, and all that were posted. */
  acknowledged(): number;
  posted(): number;
  stop(): Promise<void>;
};

export type CustomersOptions = {
  /** Where the server is at the moment. */
  url: () => string;
  number: { wabaId: string; phoneNumberId: string };
  count: number;
  /** Of their messages' ids, unique in the test. */
  prefix: string;
  /** Called at the very moment that a promise was given. */
  onAcknowledged?: () => void;
};

/** They write until they are stopped. */
export function startCustomers(options: CustomersOptions): Customers {
  const { url, number, count, prefix, onAcknowledged } = options;
  let stopped = false;
  let posted = 0;
  const isStopped = () => stopped;
  const isAcknowledged = async (body: string) => {
    posted++;
    const answer = await postDelivery(url(), body).catch(() => null);
    if (answer?.status !== 200) return false;
    onAcknowledged?.();
    return true;
  };
  const write = async (contact: string, acknowledged: string[]) => {
    for (let n = 1; !isStopped(); n++) {
      const wamid = `${prefix}.${contact}.${String(n)}`;
      const text = { wamid, from: contact, text: `message ${String(n)}`, timestamp: 1_790_000_000 };
      const body = deliveryOf(number, [text]);
      while (!(await isAcknowledged(body))) {
        if (isStopped()) return;
        await pause(20);
      }
      acknowledged.push(wamid);
      await pause(THINKS_MS);
    }
  };
  const people = Array.from({ length: count }, (_, index) => {
    const contact = `49170000${String(index).padStart(4, '0')}`;
    const acknowledged: string[] = [];
    return { contact, acknowledged, done: write(contact, acknowledged) };
  });
  return {
    prefix,
    people,
    acknowledged: () => people.reduce((sum, person) => sum + person.acknowledged.length, 0),
    posted: () => posted,
    async stop() {
      stopped = true;
      await Promise.all(people.map(({ done }) => done));
    },
  };
}

/** Longer than any lease: what stands still for this long is stuck. */
const STUCK_AFTER_MS = 40_000;

/** Resolves when nothing waits any more; rejects when nothing moves. However much there is, it may take its time. */
export async function workedOff(database: pg.Client): Promise<void> {
  const waiting = async () =>
    Number(
      (
        await database.query<{ n: string }>(
          `SELECT (SELECT count(*) FROM app.webhook_deliveries WHERE state = 'received')
             + (SELECT count(*) FROM app.webhook_items WHERE state = 'waiting') AS n`,
        )
      ).rows[0]?.n,
    );
  for (let left = await waiting(); left > 0;) {
    const before = left;
    left = await until(waiting, {
      is: (now) => now < before,
      within: STUCK_AFTER_MS,
      what: `fewer than ${String(before)} waiting`,
    });
  }
}

export type Comparison = {
  acknowledged: number;
  stored: number;
  /** Acknowledged and not there. */
  lost: string[];
  doubled: number;
  /** Contacts whose messages do not stand in the order in which they were written, from the first on. */
  disordered: string[];
};

/** Compares when everything is worked off. */
export async function compareWithStored(database: pg.Client, customers: Customers): Promise<Comparison> {
  await workedOff(database);
  const { rows } = await database.query<{ wamid: string }>(
    `SELECT m.wamid FROM messages m WHERE m.wamid LIKE $1 ORDER BY m."timestamp", m.id`,
    [`${customers.prefix}.%`],
  );
  const stored = new Set(rows.map(({ wamid }) => wamid));
  const acknowledged = customers.people.flatMap((person) => person.acknowledged);
  const numbers = Map.groupBy(rows, ({ wamid }) => wamid.split('.').at(-2));
  const isInOrder = (contact: string) =>
    (numbers.get(contact) ?? []).every(({ wamid }, index) => wamid.endsWith(`.${String(index + 1)}`));
  return {
    acknowledged: acknowledged.length,
    stored: rows.length,
    lost: acknowledged.filter((wamid) => !stored.has(wamid)),
    doubled: rows.length - stored.size,
    disordered: customers.people.map(({ contact }) => contact).filter((contact) => !isInOrder(contact)),
  };
}

/**
 * The same for each place at which the server was killed: what is counted was written after it began to be the next one. `counts`: how
 * many messages of each person had been acknowledged by then.
 */
export async function countByPlace(
  database: pg.Client,
  customers: Customers,
  begun: readonly { place: string; counts: readonly number[] }[],
): Promise<KillCount[]> {
  await workedOff(database);
  const { rows } = await database.query<{ wamid: string }>(
    `SELECT m.wamid FROM messages m WHERE m.wamid LIKE $1 ORDER BY m."timestamp", m.id`,
    [`${customers.prefix}.%`],
  );
  const stored = rows.map(({ wamid }) => wamid);
  return countKills(
    begun.map(({ place, counts }, index) => ({
      place,
      damage: customers.people.map(({ acknowledged }, who) =>
        findDamage(acknowledged.slice(counts[who], begun[index + 1]?.counts[who]), stored),
      ),
    })),
  );
}

/** For people who read the run. */
export function describeComparison({ acknowledged, stored, lost, doubled, disordered }: Comparison): string {
  return `acknowledged ${String(acknowledged)}, stored ${String(stored)}, lost ${String(lost.length)}, doubled ${String(doubled)}, out of order ${String(disordered.length)}`;
}

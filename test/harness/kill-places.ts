/** Who is killed at which named place. Every place belongs to one of the lists, so that a new one without a kill is noticed. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { FAILPOINTS, type Failpoint } from '../../src/platform/failpoints.ts';
import type { ServerProcess } from './server-process.ts';

const beginningWith = (...prefixes: string[]): Failpoint[] =>
  FAILPOINTS.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));

/** On the way of a message in; the whole server is killed. */
export const INGEST_PLACES = beginningWith('inbound.', 'transaction.');
/** On the way out; the process that sends. */
export const SENDING_PLACES = beginningWith('outbound.');
/** What a message causes: automatic messages, what waits in triage, files; the process that works in the background. */
export const ANSWERING_PLACES = beginningWith('automatic.', 'media.', 'triage.given');
/** What an owner does about those who wait; the process that serves. */
export const ASSIGNING_PLACES = beginningWith('triage.assigned');

/** Waits until the place has killed the process; fails when it ends otherwise, or does not come there within a minute. */
export async function expectKilled(server: ServerProcess, place: string): Promise<void> {
  const ended = await Promise.race([server.ended, pause(60_000, 'not reached', { ref: false })]);
  expect([place, ended]).toEqual([place, 'SIGKILL']);
}

type Damage = { lost: number; doubled: number; disordered: number };
export type KillCount = Damage & { place: string; kills: number };

/** What is wrong with what one person wrote. `stored`: the ids of all stored messages, as they stand in their threads. */
export function findDamage(written: readonly string[], stored: readonly string[]): Damage {
  const wanted = new Set(written);
  const theirs = stored.filter((wamid) => wanted.has(wamid));
  const once = new Set(theirs);
  const inOrder = written.filter((wamid) => once.has(wamid));
  return {
    lost: written.length - once.size,
    doubled: theirs.length - once.size,
    disordered: [...once].some((wamid, nth) => wamid !== inOrder[nth]) ? 1 : 0,
  };
}

/** For each place, the kills there and the damage to everybody who wrote from then on until the next kill. */
export function countKills(kills: readonly { place: string; damage: readonly Damage[] }[]): KillCount[] {
  const sumOf = (key: keyof Damage, damage: readonly Damage[]) =>
    damage.reduce((sum, one) => sum + one[key], 0);
  return [...Map.groupBy(kills, ({ place }) => place)].map(([place, there]) => {
    const damage = there.flatMap((kill) => kill.damage);
    return {
      place,
      kills: there.length,
      lost: sumOf('lost', damage),
      doubled: sumOf('doubled', damage),
      disordered: sumOf('disordered', damage),
    };
  });
}

/** For people who read the run. */
export function killTable(counts: readonly KillCount[]): string {
  const width = Math.max(...counts.map(({ place }) => place.length), 'place'.length);
  const line = (place: string, ...cells: (string | number)[]) =>
    `${place.padEnd(width)}  ${cells.map((cell) => String(cell).padStart(14)).join('')}`;
  return [
    line('place', 'kills', 'lost', 'doubled', 'out of order'),
    ...counts.map((one) => line(one.place, one.kills, one.lost, one.doubled, one.disordered)),
  ].join('\n');
}

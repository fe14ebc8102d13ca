/** Who is killed at which named place. Every place belongs to one of the lists, so that a new one without a kill is noticed. */
import { FAILPOINTS, type Failpoint } from '../../src/platform/failpoints.ts';

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

export type KillCount = { place: string; kills: number; lost: number; doubled: number; disordered: number };

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

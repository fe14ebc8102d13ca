/** Calls a route as its entry says, and looks at what comes back. */
import { expect } from 'vitest';
import type { Answer } from '../../harness/api.ts';
import { openEventStream } from '../../harness/event-stream.ts';
import { entryOf, isSimulators } from './entries.ts';
import type { Audience, Call, Caller, Entry } from './entry.ts';
import type { IdKind, Ids } from './ids.ts';
import { openSession } from './tokens.ts';
import { ask, HERE_CANARY, THERE_CANARY, type Person, type World } from './world.ts';

export type Tried = { name: string; method: string; url: string; entry: Entry };

/** The routes with an entry, HEAD aside: it runs the handler of GET. */
export function triedRoutes(world: World): Tried[] {
  return world.routes
    .filter(({ method, url }) => method !== 'HEAD' && !isSimulators(url))
    .flatMap(({ name, method, url }) => {
      const entry = entryOf(name);
      return entry ? [{ name, method, url, entry }] : [];
    });
}

const RANK: Record<Audience, number> = { anyone: 0, agent: 1, owner: 2, admin: 3 };

export function mayCall(entry: Entry, person: Person): boolean {
  const rank = person.name === 'agent' ? RANK.agent : person.name === 'admin' ? RANK.admin : RANK.owner;
  return rank >= RANK[entry.may];
}

function addressOf(url: string, { params = {}, query = '' }: Call): string {
  const path = url.replace(/:(\w+)|\*/g, (whole, name: string | undefined) => {
    const value = params[name ?? '*'];
    if (value === undefined) throw new Error(`The entry of ${url} says nothing for ${whole}.`);
    return encodeURIComponent(value);
  });
  return path + query;
}

/** What a valid call is answered with. */
export const statusesOf = ({ answers }: Entry): readonly number[] => [answers].flat();

/** Whose call it is, with which token, and the ids it names. */
export type As = { token: string | null; caller: Caller; ids: Ids };

export async function callAs(
  world: World,
  { method, url, entry }: Tried,
  { token, caller, ids }: As,
): Promise<Answer> {
  const call = entry.call?.(ids, caller) ?? {};
  if (entry.stream) return openStream(world, token);
  const { body, headers } = call;
  return ask(world, {
    method,
    address: addressOf(url, call),
    token,
    ...(body === undefined ? {} : { body }),
    ...(headers ? { headers } : {}),
  });
}

/** Its status is known at once; what it tells is looked at in the windows that stay open all the time. */
async function openStream(world: World, token: string | null): Promise<Answer> {
  const reader = await openEventStream(world.switchboard.url, token ?? 'none');
  reader.close();
  return { status: reader.status, headers: new Headers(), body: '' };
}

/** The kinds of ids by which the entry's call names things. */
export function namedKinds({ entry }: Tried, world: World): IdKind[] {
  const nobody: Caller = { ...world.people.agent, sessionId: '', token: '', refreshToken: '' };
  const kinds = Object.keys(world.here) as IdKind[];
  // Numbers, because some calls send them as such.
  const markOf = (kind: IdKind) => String(900_000_001 + kinds.indexOf(kind));
  const marked = Object.fromEntries(kinds.map((kind) => [kind, markOf(kind)])) as Ids;
  const call = JSON.stringify(entry.call?.(marked, nobody) ?? null);
  return kinds.filter((kind) => call.includes(markOf(kind)));
}

/** No word of an organization that the person is not of. What the caller said may come back; it tells nothing. */
export function expectNoCanary(
  world: World,
  answer: { headers?: Headers; body: unknown },
  { person, what }: { person: Person | null; what: string },
): void {
  const told = JSON.stringify([[...(answer.headers ?? [])], answer.body]);
  const text = Object.values(world.there).reduce((rest, word) => rest.replaceAll(word, ''), told);
  expect(text.includes(THERE_CANARY), `${what} → ${text}`).toBe(false);
  if (person?.organizationId !== world.people.owner.organizationId)
    expect(text.includes(HERE_CANARY), `${what} → ${text}`).toBe(false);
}

/** Who is at home here and may; of what concerns the whole install, the admin. */
export function callersOf(entry: Entry, { people }: World): Person[] {
  const { agent, owner, admin } = people;
  return (entry.wholeInstall ? [admin] : [agent, owner]).filter((person) => mayCall(entry, person));
}

/** One call that is to be answered so, with the ids and whatever else differs from a session that has just begun. */
export type Expected = {
  person: Person;
  ids: Ids;
  status: readonly number[];
  what: string;
  /** The error's code, where it matters. */
  code?: string;
  minutesAgo?: number;
  token?: string;
};

/** Calls with a session of the person's own; empty when the answer is what it must be, or what is wrong with it. */
export async function faultsOf(world: World, route: Tried, expected: Expected): Promise<string[]> {
  const { person, ids, status, what, code, minutesAgo = 0 } = expected;
  const caller = await openSession(world, person, minutesAgo);
  const answer = await callAs(world, route, { token: expected.token ?? caller.token, caller, ids });
  const seen = `${route.name} as ${person.name} ${what} → ${String(answer.status)} ${JSON.stringify(answer.body)}`;
  if (!(route.entry.wholeInstall && person.name === 'admin'))
    expectNoCanary(world, answer, { person, what: seen });
  const isRight =
    status.includes(answer.status) &&
    (code === undefined || (answer.body as { code?: string }).code === code);
  return isRight ? [] : [`${seen}; it should be ${status.join(' or ')} ${code ?? ''}`];
}

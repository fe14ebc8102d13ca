/** Calls a route as its entry says, and looks at what comes back. */
import { expect } from 'vitest';
import type { Answer } from '../../harness/api.ts';
import { openEventStream } from '../../harness/event-stream.ts';
import { entryOf, isSimulators } from './entries.ts';
import type { Audience, Call, Caller, Entry } from './entry.ts';
import type { Ids } from './ids.ts';
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

/** Whether the entry's call names anything of an organization. */
export function namesSomething({ entry }: Tried, world: World): boolean {
  const nobody: Caller = { ...world.people.agent, sessionId: '', refreshToken: '' };
  const marked = Object.fromEntries(Object.keys(world.here).map((kind) => [kind, 'id-1'])) as Ids;
  return entry.call !== undefined && JSON.stringify(entry.call(marked, nobody)).includes('id-1');
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

/** Calls with a session of the person's own, and holds the answer to what it must be. */
export async function expectStatus(
  world: World,
  route: Tried,
  { person, ids, status, what }: { person: Person; ids: Ids; status: readonly number[]; what: string },
): Promise<void> {
  const { token, ...caller } = await openSession(world, person);
  const answer = await callAs(world, route, { token, caller, ids });
  const seen = `${route.name} as ${person.name} ${what}`;
  expect(status, `${seen} → ${String(answer.status)} ${JSON.stringify(answer.body)}`).toContain(
    answer.status,
  );
  if (!(route.entry.wholeInstall && person.name === 'admin'))
    expectNoCanary(world, answer, { person, what: seen });
}

/** Every route of the server, called as everybody with everybody's ids. What a route needs to be called stands in route-matrix/. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissions } from '../../src/modules/auth/contract.ts';
import { openEventStream, type EventReader } from '../harness/event-stream.ts';
import {
  callAs,
  callersOf,
  expectNoCanary,
  faultsOf,
  mayCall,
  namedKinds,
  statusesOf,
  triedRoutes,
  type Expected,
  type Tried,
} from './route-matrix/calls.ts';
import { entries, entryOf, HOW_TO_ADD, isSimulators } from './route-matrix/entries.ts';
import { listSecretNames } from './route-matrix/secret-names.ts';
import { makeApiKey, makeWrongTokens, openSession } from './route-matrix/tokens.ts';
import type { Ids } from './route-matrix/ids.ts';
import { fingerprint, makeWorld, THERE_CANARY, type Person, type World } from './route-matrix/world.ts';

let world: World;
/** What everything of the other organization was before anybody called anything. */
let thereBefore: Record<string, string>;
/** What each person's open window was told while all this went on. */
const windows: { person: Person; events: EventReader }[] = [];
beforeAll(async () => {
  world = await makeWorld();
  thereBefore = await fingerprint(world, world.there.organization);
  for (const person of Object.values(world.people)) {
    const { token } = await openSession(world, person);
    windows.push({ person, events: await openEventStream(world.switchboard.url, token) });
  }
});
afterAll(async () => {
  for (const { events } of windows) events.close();
  await world.stop();
});

/** The routes on which a person has to be somebody. */
const guarded = () => triedRoutes(world).filter(({ entry }) => entry.may !== 'anyone');

/** Those of an organization; what concerns the whole install is the admin's. */
const atHome = () => guarded().filter(({ entry }) => !entry.wholeInstall);

/** Ids of here, and of what the route's call by this person uses up. */
async function prepared({ entry }: Tried, person: Person): Promise<Ids> {
  return { ...world.here, ...(await entry.prepare?.(world, await openSession(world, person))) };
}

test('every route has an entry, and every entry a route', () => {
  const names = world.routes.filter(({ url }) => !isSimulators(url)).map(({ name }) => name);
  expect(names.length).toBeGreaterThan(30);
  expect(
    names.filter((name) => entryOf(name) === undefined),
    `These routes have no entry. ${HOW_TO_ADD}`,
  ).toEqual([]);
  expect(
    Object.keys(entries).filter((name) => !names.includes(name)),
    'These entries are of no route; delete them.',
  ).toEqual([]);
});

test('a route that asks for a session answers nobody, and no token that is not a good one', async () => {
  const tokens = await makeWrongTokens(world);
  expect(Object.keys(tokens).length).toBeGreaterThan(12);
  const caller = await openSession(world, world.people.owner);
  for (const route of guarded())
    for (const [what, token] of Object.entries(tokens)) {
      const answer = await callAs(world, route, { token, caller, ids: world.here });
      expect(answer.status, `${route.name} with ${what}`).toBe(401);
      expectNoCanary(world, answer, { person: null, what: `${route.name} with ${what}` });
    }
  for (const route of guarded().filter(({ method }) => method === 'GET')) {
    const head = { ...route, method: 'HEAD', entry: { ...route.entry, stream: false } };
    const answer = await callAs(world, head, { token: null, caller, ids: world.here });
    expect(answer.status, `HEAD of ${route.name}`).toBe(401);
  }
});

describe('each person on each route', () => {
  test('what nobody has to sign in for answers everybody', async () => {
    for (const route of triedRoutes(world).filter(({ entry }) => entry.may === 'anyone')) {
      const caller = await openSession(world, world.people.stranger);
      const answer = await callAs(world, route, { token: null, caller, ids: world.here });
      expect(answer.status, `${route.name} ${JSON.stringify(answer.body)}`).toBe(route.entry.answers);
      expectNoCanary(world, answer, { person: null, what: route.name });
    }
  });

  test('who lacks the right is refused, whatever is named', async () => {
    const faults: string[] = [];
    for (const route of guarded())
      for (const person of Object.values(world.people).filter((one) => !mayCall(route.entry, one)))
        for (const ids of [world.here, world.there])
          faults.push(
            ...(await faultsOf(world, route, { person, ids, status: [403], what: 'without the right' })),
          );
    expect(faults).toEqual([]);
  });

  test('another organization’s ids find nothing', async () => {
    const faults: string[] = [];
    let attempts = 0;
    for (const route of atHome().filter((one) => namedKinds(one, world).length > 0))
      for (const person of Object.values(world.people).filter((one) => mayCall(route.entry, one))) {
        const isHere = person.organizationId === world.here.organization;
        for (const ids of isHere ? [world.there] : [world.there, world.here]) {
          attempts += 1;
          const status = route.entry.foreign?.answers ?? [404];
          faults.push(...(await faultsOf(world, route, { person, ids, status, what: 'with ids of others' })));
        }
      }
    expect(faults).toEqual([]);
    expect(attempts).toBeGreaterThan(60);
  });

  test('another organization’s id beside ids of one’s own finds nothing either', async () => {
    const faults: string[] = [];
    let attempts = 0;
    for (const route of atHome().filter(({ entry }) => !entry.foreign))
      for (const person of callersOf(route.entry, world)) {
        const kinds = namedKinds(route, world);
        for (const kind of kinds.length > 1 ? kinds : []) {
          attempts += 1;
          const ids = { ...(await prepared(route, person)), [kind]: world.there[kind] };
          const what = `with their ${kind}`;
          faults.push(...(await faultsOf(world, route, { person, ids, status: [400, 404, 409, 422], what })));
        }
      }
    expect(faults).toEqual([]);
    expect(attempts).toBeGreaterThan(3);
  });

  test('who names nothing is told of home', async () => {
    const faults: string[] = [];
    for (const route of atHome().filter((one) => namedKinds(one, world).length === 0))
      for (const person of [world.people.stranger, world.people.admin]) {
        if (!mayCall(route.entry, person)) continue;
        const ids = await prepared(route, person);
        faults.push(
          ...(await faultsOf(world, route, {
            person,
            ids,
            status: statusesOf(route.entry),
            what: 'at home',
          })),
        );
      }
    expect(faults).toEqual([]);
  });
});

/** What differs from somebody who has just signed in, and what a route answers then. */
const MANNERS = {
  'in a session that has just begun': async ({ entry }: Tried) => ({ status: statusesOf(entry) }),
  'on a screen that was left open': async ({ entry }: Tried) =>
    entry.needsRecentSignIn
      ? { status: [401], code: 'auth.sign_in_again', minutesAgo: 10 }
      : { status: statusesOf(entry), minutesAgo: 10 },
  'by a program’s key': async ({ entry }: Tried, person: Person) => ({
    status: entry.notForApiKeys ? [403] : entry.needsRecentSignIn ? [401] : statusesOf(entry),
    token: await makeApiKey(world, person),
  }),
} satisfies Record<string, (route: Tried, person: Person) => Promise<Partial<Expected>>>;

async function faultsOfManner(routes: Tried[], manner: keyof typeof MANNERS): Promise<string[]> {
  const faults: string[] = [];
  for (const route of routes)
    for (const person of callersOf(route.entry, world)) {
      const ids = await prepared(route, person);
      const how = await MANNERS[manner](route, person);
      faults.push(...(await faultsOf(world, route, { person, ids, what: manner, ...how })));
    }
  return faults;
}

test.each(Object.keys(MANNERS) as (keyof typeof MANNERS)[])(
  'who may, may, as far as one may: %s',
  async (manner) => {
    expect(await faultsOfManner(atHome(), manner)).toEqual([]);
  },
);

test('a key that may only read changes nothing', async () => {
  const scopes = permissions.filter((permission) => permission.endsWith(':read'));
  const faults: string[] = [];
  for (const route of guarded().filter(({ method }) => method !== 'GET'))
    for (const person of callersOf(route.entry, world)) {
      const token = await makeApiKey(world, person, scopes);
      const what = 'by a key that may only read';
      faults.push(...(await faultsOf(world, route, { person, ids: world.here, status: [403], what, token })));
    }
  expect(faults).toEqual([]);
});

/** Names of columns that decide who somebody is and what is theirs. */
const INJECTED = [
  'tenant_id',
  'organization_id',
  'role',
  'is_admin',
  'is_owner',
  'id',
  'user_id',
  'agent_id',
  'created_at',
  'access_token',
  'password_hash',
  'verified',
  'disabled_at',
  'home',
  'permissions',
  'scopes',
];

test('a field that would give rights is refused, or changes nothing of what it names', async () => {
  const rights = () =>
    world.sql(
      `SELECT id, organization_id, role, is_owner, disabled_at, created_at FROM users WHERE id = ANY ($1) ORDER BY id`,
      [Object.values(world.people).map(({ userId }) => userId)],
    );
  const before = await rights();
  const faults: string[] = [];
  for (const route of atHome().filter(({ method }) => method !== 'GET'))
    for (const person of callersOf(route.entry, world)) {
      const ids = await prepared(route, person);
      const call = route.entry.call?.(ids, await openSession(world, person)) ?? {};
      const known = [...Object.keys(call.body ?? {}), ...(route.entry.takes ?? [])];
      for (const name of INJECTED.filter((one) => !known.includes(one))) {
        const body = { ...(call.body as object), [name]: world.there.organization };
        const injected = { ...route, entry: { ...route.entry, call: () => ({ ...call, body }) } };
        // Without a described body what is sent is not read.
        const status = call.body === undefined ? [...statusesOf(route.entry), 400, 404, 409, 415] : [400];
        faults.push(...(await faultsOf(world, injected, { person, ids, status, what: `with ${name}` })));
      }
    }
  expect(faults).toEqual([]);
  expect(await rights()).toEqual(before);
});

test('no answer is described to hold a secret, except those that are there to give one', () => {
  const faults = world.routes.flatMap(({ name, schema }) =>
    listSecretNames(schema)
      .filter((secret) => !entryOf(name)?.gives?.includes(secret))
      .map((secret) => `${name}: ${secret}`),
  );
  expect(faults).toEqual([]);
});

test('after all that the other organization has what it had, and no window was told a word of it', async () => {
  expect(await fingerprint(world, world.there.organization)).toEqual(thereBefore);
  expect(Object.keys(thereBefore).length).toBeGreaterThan(20);
  let told = 0;
  for (const { person, events } of windows) {
    expect(events.status).toBe(200);
    told += events.events.length;
    expectNoCanary(world, { body: events.events }, { person, what: `the window of ${person.name}` });
    if (person.organizationId !== world.here.organization)
      expect(JSON.stringify(events.events)).not.toContain(world.here.conversation);
  }
  expect(told).toBeGreaterThan(4);
});

test.each(Object.keys(MANNERS) as (keyof typeof MANNERS)[])(
  'the admin, over the whole install: %s',
  async (manner) => {
    const routes = guarded().filter(({ entry }) => entry.wholeInstall);
    expect(routes.length).toBeGreaterThan(5);
    expect(await faultsOfManner(routes, manner)).toEqual([]);
  },
);

describe('the matrix itself', () => {
  test('finds a route without an entry, a leaked word and an answer that holds a secret', () => {
    expect(entryOf('GET /api/v1/unheard-of')).toBeUndefined();
    expect(entryOf('HEAD /api/v1/conversations')).toBe(entryOf('GET /api/v1/conversations'));
    const leak = { body: { title: `${THERE_CANARY}-agent-7.abc` } };
    expect(() => expectNoCanary(world, leak, { person: world.people.owner, what: 'planted' })).toThrow(
      'planted',
    );
    const secret = { type: 'object', properties: { fb_app_secret: { type: 'string' } } };
    expect(listSecretNames({ response: { 200: { type: 'array', items: secret } } })).toEqual([
      'fb_app_secret',
    ]);
  });

  test('finds a change in the other organization', async () => {
    await world.sql(`UPDATE agents SET agent_prefix = agent_prefix || 'x' WHERE organization_id = $1`, [
      world.there.organization,
    ]);
    expect(await fingerprint(world, world.there.organization)).not.toEqual(thereBefore);
  });
});

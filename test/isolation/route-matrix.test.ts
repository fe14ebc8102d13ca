/** Every route of the server, called as everybody with everybody's ids. What a route needs to be called stands in route-matrix/. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventStream, type EventReader } from '../harness/event-stream.ts';
import {
  callAs,
  expectNoCanary,
  expectStatus,
  mayCall,
  namesSomething,
  triedRoutes,
} from './route-matrix/calls.ts';
import { entries, entryOf, HOW_TO_ADD, isSimulators } from './route-matrix/entries.ts';
import { listSecretNames } from './route-matrix/secret-names.ts';
import { makeWrongTokens, openSession } from './route-matrix/tokens.ts';
import type { Entry } from './route-matrix/entry.ts';
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
  await world.switchboard.stop();
});

/** The routes on which a person has to be somebody. */
const guarded = () => triedRoutes(world).filter(({ entry }) => entry.may !== 'anyone');

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
});

test('HEAD is refused wherever GET is', async () => {
  const heads = guarded().filter(({ method }) => method === 'GET');
  const { token: _, ...caller } = await openSession(world, world.people.owner);
  for (const route of heads)
    expect(
      (
        await callAs(
          world,
          { ...route, method: 'HEAD', entry: { ...route.entry, stream: false } },
          { token: null, caller, ids: world.here },
        )
      ).status,
      route.name,
    ).toBe(401);
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
    for (const route of guarded())
      for (const person of Object.values(world.people).filter((one) => !mayCall(route.entry, one)))
        for (const ids of [world.here, world.there])
          await expectStatus(world, route, { person, ids, status: [403], what: 'without the right' });
  });

  test('another organization’s ids find nothing', async () => {
    let attempts = 0;
    for (const route of guarded().filter((one) => !one.entry.wholeInstall && namesSomething(one, world)))
      for (const person of Object.values(world.people).filter((one) => mayCall(route.entry, one))) {
        const isHere = person.organizationId === world.people.owner.organizationId;
        for (const ids of isHere ? [world.there] : [world.there, world.here]) {
          attempts += 1;
          const status = route.entry.foreign?.answers ?? [404];
          await expectStatus(world, route, { person, ids, status, what: 'with ids of others' });
        }
      }
    expect(attempts).toBeGreaterThan(20);
  });

  test('who names nothing is told of home', async () => {
    for (const route of guarded().filter((one) => !namesSomething(one, world)))
      for (const person of [world.people.stranger, world.people.admin].filter((one) =>
        mayCall(route.entry, one),
      ))
        await expectStatus(world, route, {
          person,
          ids: world.here,
          status: [route.entry.answers],
          what: 'at home',
        });
  });

  test('who may, may', async () => {
    for (const route of guarded())
      for (const person of callersOf(route.entry)) {
        const { token, ...caller } = await openSession(world, person);
        const made = await route.entry.prepare?.(world, caller);
        const answer = await callAs(world, route, { token, caller, ids: { ...world.here, ...made } });
        const what = `${route.name} as ${person.name}`;
        expect(answer.status, `${what} ${JSON.stringify(answer.body)}`).toBe(route.entry.answers);
        if (!route.entry.wholeInstall) expectNoCanary(world, answer, { person, what });
      }
  });
});

/** Who is at home here and may; of what concerns the whole install, the admin. */
function callersOf(entry: Entry): Person[] {
  const { agent, owner, admin } = world.people;
  return (entry.wholeInstall ? [admin] : [agent, owner]).filter((person) => mayCall(entry, person));
}

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
      `SELECT id, organization_id, role, is_owner, verified, disabled_at, created_at FROM users
      WHERE organization_id = ANY ($1) ORDER BY id`,
      [[world.here.organization, world.there.organization]],
    );
  const before = await rights();
  for (const route of guarded().filter(({ method }) => method !== 'GET'))
    for (const person of callersOf(route.entry)) {
      const { token, ...caller } = await openSession(world, person);
      const ids = { ...world.here, ...(await route.entry.prepare?.(world, caller)) };
      const call = route.entry.call?.(ids, caller) ?? {};
      const known = Object.keys(call.body ?? {});
      for (const name of INJECTED.filter((one) => !known.includes(one))) {
        const body = { ...(call.body as object), [name]: world.there.organization };
        const injected = { ...route, entry: { ...route.entry, call: () => ({ ...call, body }) } };
        const answer = await callAs(world, injected, { token, caller, ids });
        const what = `${route.name} as ${person.name} with ${name}`;
        if (call.body !== undefined)
          expect(answer.status, `${what} ${JSON.stringify(answer.body)}`).toBe(400);
        else if (answer.status < 400) break;
      }
    }
  expect(await rights()).toEqual(before);
});

test('no answer is described to hold a secret, except those that are there to give one', () => {
  for (const { name, schema } of world.routes)
    expect(
      listSecretNames(schema).filter((secret) => !entryOf(name)?.gives?.includes(secret)),
      `${name} answers with what is named like a secret`,
    ).toEqual([]);
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

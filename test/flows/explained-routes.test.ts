/**
 * What `POST /api/v1/routing/explain` says is what happens: in random organizations, whose people, numbers, rules, leases and consents go on
 * changing, every message goes where was said a moment before, by the same rule, for the same reason, from the same candidates. A failure
 * prints its seed; ROUTES_SEED repeats it, ROUTES_RUNS makes it longer.
 */
import { randomInt } from 'node:crypto';
import process from 'node:process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Explanation } from '../../src/modules/routing/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { request } from '../harness/api.ts';
import { newPhone, newUserId, type Sender } from '../harness/deliveries.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { switchboard } from '../harness/with-switchboard.ts';

const RUNS = Number(process.env['ROUTES_RUNS'] ?? 3);
const SEED = Number(process.env['ROUTES_SEED'] ?? randomInt(2 ** 31));
const STEPS = 24;

const RULES = ['conversation', 'number', 'lease', 'customer', 'recently_active', 'first_registered'];
const STATEMENTS = {
  verified: 'UPDATE users SET verified = $2, last_active_at = now() WHERE id = $1',
  disabled: `UPDATE users SET disabled_at = CASE WHEN $2::boolean THEN now() END WHERE id = $1
             AND NOT is_owner`,
  granted: 'UPDATE waba_accounts SET connected = $2 WHERE user_id = $1',
  takesPart: 'UPDATE user_profiles SET whatsapp_enabled = $2 WHERE id = $1',
  letsStill: `UPDATE rental.leases l SET status = CASE WHEN $2 THEN 'active' ELSE 'ended' END
              FROM rental.tenants t WHERE t.id = l.tenant_id AND t.user_id = $1`,
  isSingle: `UPDATE organizations o SET single_user_mode = $2 FROM users u WHERE u.organization_id = o.id AND u.id = $1`,
  blocks: `UPDATE triage_items t SET state = CASE WHEN $2 THEN 'blocked' ELSE 'waiting' END FROM users u
           WHERE u.organization_id = t.organization_id AND u.id = $1`,
};

const which = { person: fc.nat(3), number: fc.nat(2), sender: fc.nat(2) };
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('write'), ...which, by: fc.constantFrom('phone', 'both', 'id') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('let'), ...which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('answer'), ...which, yes: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('route'),
      ...which,
      rules: fc.shuffledSubarray(RULES, { minLength: 1 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('change'),
      ...which,
      what: fc.constantFrom(...(Object.keys(STATEMENTS) as (keyof typeof STATEMENTS)[])),
      yes: fc.boolean(),
    }),
  },
);
type Step = {
  do: string;
  person: number;
  number: number;
  sender: number;
  by?: string;
  yes?: boolean;
  rules?: string[];
  what?: keyof typeof STATEMENTS;
};

const chosen = <One>(list: readonly One[], index: number): One => {
  const one = list[index];
  if (one === undefined) throw new Error('There are not so many.');
  return one;
};

async function openWorld() {
  const desk = await openRoutingDesk(switchboard);
  const numbers = [desk.dedicated, await desk.addCentralNumber(), await desk.addCentralNumber()];
  const people = [desk.owner];
  for (const name of ['Ann', 'Ben', 'Cleo']) people.push(await hire(switchboard, desk.owner, name));
  for (const landlord of people.slice(2)) await takePart(switchboard, landlord);
  const senders = [1, 2, 3].map(() => ({ phone: newPhone(), userId: newUserId() }));
  return { desk, numbers, people, senders };
}
type World = Awaited<ReturnType<typeof openWorld>>;

async function change({ desk, numbers, people, senders }: World, step: Step): Promise<void> {
  const person = chosen(people, step.person);
  const number = chosen(numbers, step.number);
  const run = (statement: string, values: unknown[]) => queryAsAdmin(switchboard.database, statement, values);
  if (step.do === 'answer') await desk.answersOn(person, step.yes ? number : null);
  if (step.do === 'route')
    await run('UPDATE phone_numbers SET routing = $2 WHERE phone_number_id = $1', [
      number,
      JSON.stringify(step.rules),
    ]);
  if (step.do === 'change' && step.what) await run(STATEMENTS[step.what], [person.user.id, step.yes]);
  if (step.do === 'let') {
    // Whoever is disabled lets nothing.
    await run('UPDATE users SET disabled_at = NULL WHERE id = $1', [person.user.id]);
    await letTo(switchboard, person, chosen(senders, step.sender).phone);
  }
}

async function compare({ desk, numbers, senders }: World, step: Step): Promise<string> {
  const number = chosen(numbers, step.number);
  const both = chosen(senders, step.sender);
  const known = await queryAsAdmin(
    switchboard.database,
    'SELECT FROM contact_keys WHERE organization_id = $1 AND value = $2',
    [desk.owner.organization.id, both.userId],
  );
  // Asked under an id that was never heard of, nobody could say whose it will turn out to be.
  const from: Sender =
    step.by === 'both'
      ? both
      : step.by === 'id' && known.length > 0
        ? { userId: both.userId }
        : { phone: both.phone };
  const { body } = await request<Explanation>(`${switchboard.url}/api/v1/routing/explain`, {
    token: desk.owner.access_token,
    body: {
      phone_number_id: number,
      from: { ...(from.phone && { phone: from.phone }), ...(from.userId && { user_id: from.userId }) },
    },
  });
  const { rule, reason, user_id, candidates } = await desk.write(number, from);
  expect({ rule, reason, user_id, candidates: candidates.map(({ userId }) => userId) }).toEqual({
    rule: body.rule,
    reason: body.reason,
    user_id: body.user_id,
    candidates: body.candidates.map((one) => one.user_id),
  });
  return rule === 'triage' ? reason : rule;
}

test('every message goes where was said a moment before', { timeout: 120_000 + RUNS * 60_000 }, async () => {
  const seen = new Set<string>();
  for (const [run, steps] of fc
    .sample(fc.array(step, { minLength: STEPS, maxLength: STEPS }), { seed: SEED, numRuns: RUNS })
    .entries()) {
    const world = await openWorld();
    for (const [n, one] of (steps as Step[]).entries()) {
      try {
        if (one.do === 'write') seen.add(await compare(world, one));
        else await change(world, one);
      } catch (error) {
        throw new Error(
          `Run ${String(run)}, step ${String(n)}. Repeat it: ROUTES_SEED=${String(SEED)} ROUTES_RUNS=${String(RUNS)}`,
          { cause: error },
        );
      }
    }
  }
  expect(seen.size).toBeGreaterThan(2);
});

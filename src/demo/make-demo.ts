/**
 * An organization to look around in: an owner, three agents, a number of one agent's own and a central one, renters with leases,
 * conversations with a past, somebody who waits in triage. Made once; a later start with --demo only makes sure that the
 * simulator knows the accounts too.
 */
import { randomBytes } from 'node:crypto';
import type { Simulator } from '../../simulator/create-simulator.ts';
import type { App } from '../app.ts';
import { addMember } from '../modules/auth/add-member.ts';
import { findUserByEmail } from '../modules/auth/find-start.ts';
import { createOrganization } from '../modules/auth/register.ts';
import { countConversations } from '../modules/conversations/read-inbox.ts';
import { addLease } from '../modules/rentals/add-lease.ts';
import { changeOptIn } from '../modules/rentals/change-opt-in.ts';
import { changeNumber } from '../modules/waba/number-settings.ts';
import { connectAccount } from '../modules/waba/connect-account.ts';
import type { RunningSwitchboard } from '../start-switchboard.ts';
import { DEMO_ACCOUNT, DEMO_CUSTOMERS, DEMO_PEOPLE, DEMO_WAITING } from './demo-content.ts';
import { writeHistory } from './write-history.ts';
import { writeWaiting } from './write-waiting.ts';

type Member = { userId: string; organizationId: string; name: string };
type Staff = { owner: Member; agents: Member[] };

/** The simulated account with its two numbers; declaring it again changes nothing. Returns the token that manages it. */
function declareAccount(simulator: Simulator): string {
  const { wabaId, businessId, name, dedicated, central } = DEMO_ACCOUNT;
  const shared = { waba_id: wabaId, business_id: businessId, business_name: name, name };
  for (const number of [dedicated, central])
    simulator.control.declareAccount({
      ...shared,
      phone_number_id: number.id,
      display_phone_number: number.display,
      verified_name: number.name,
    });
  return simulator.control.issueToken({ waba_ids: [wabaId] }).access_token;
}

type Person = { name: string; email: string; agentPrefix: string };

/** Finds the person of an earlier start that was cut short, or makes them. */
async function findOrHire(
  app: App,
  person: Person,
  make: () => Promise<{ userId: string; organizationId: string }>,
): Promise<Member> {
  return { ...((await findUserByEmail(app, person.email)) ?? (await make())), name: person.name };
}

async function hire(app: App, password: string): Promise<Staff> {
  const { owner: boss, agents } = DEMO_PEOPLE;
  const organization = { organization_name: DEMO_ACCOUNT.name, password, madeBy: 'operator' } as const;
  const owner = await findOrHire(app, boss, () => createOrganization(app, { ...boss, ...organization }));
  const members: Member[] = [];
  for (const agent of agents)
    members.push(
      await findOrHire(app, agent, async () => ({
        organizationId: owner.organizationId,
        userId: await addMember(app, owner, { ...agent, password }),
      })),
    );
  return { owner, agents: members };
}

/** Whoever connects first answers on the dedicated number: that is the first agent. */
async function connectNumbers(app: App, staff: Staff, token: string): Promise<void> {
  for (const member of [...staff.agents, staff.owner])
    await connectAccount(app, member, { access_token: token, waba_id: DEMO_ACCOUNT.wabaId });
  await changeNumber(app, staff.owner, DEMO_ACCOUNT.central.id, { mode: 'central' });
}

async function letProperties(app: App, staff: Staff): Promise<void> {
  for (const landlord of staff.agents.slice(1)) await changeOptIn(app, landlord, { enabled: true }, 'demo');
  const { rents, name, phone } = DEMO_WAITING;
  const renters = [...DEMO_CUSTOMERS, ...rents.map((lease) => ({ ...lease, name, phone }))];
  for (const renter of renters) {
    const landlord = staff.agents[renter.agent - 1];
    if (landlord && renter.address)
      await addLease(app, landlord, { address: renter.address, renter: renter.name, phone: renter.phone });
  }
}

/** The last step of making it is the last customer's history. */
async function isMade(app: App): Promise<boolean> {
  const owner = await findUserByEmail(app, DEMO_PEOPLE.owner.email);
  return owner !== null && (await countConversations(app, owner)) >= DEMO_CUSTOMERS.length;
}

/** Makes the demo, or finds it made. Throws when the simulator is off: the demo's numbers exist only there. */
export async function makeDemo(
  { app, simulator }: RunningSwitchboard,
  options: { password: string | null; print: (line: string) => void },
): Promise<void> {
  if (!simulator)
    throw new Error(
      '--demo needs the simulator. Start with SIMULATOR=on, or leave FB_APP_ID and FB_APP_SECRET out.',
    );
  const token = declareAccount(simulator);
  if (await isMade(app)) {
    options.print('The demo is there from an earlier start; its passwords are unchanged.');
    return;
  }
  options.print('Making the demo organization …');
  const password = options.password ?? randomBytes(9).toString('base64url');
  const staff = await hire(app, password);
  await connectNumbers(app, staff, token);
  await letProperties(app, staff);
  await writeWaiting(app, staff.owner.organizationId, simulator);
  for (const customer of DEMO_CUSTOMERS) {
    const agent = staff.agents[customer.agent - 1];
    if (agent) await writeHistory({ app, simulator, agent, customer });
  }
  const emails = [DEMO_PEOPLE.owner, ...DEMO_PEOPLE.agents].map((person) => person.email).join(', ');
  options.print(`Demo users: ${emails}`);
  options.print(
    options.password === null ? `Their password: ${password}` : 'Their password is the one in DEMO_PASSWORD.',
  );
}

/** A renter of two landlords who take part writes on a central number: the question whom they mean, and their answers. */
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { countRows } from './admin-query.ts';
import { kindsSentTo } from './automatic.ts';
import {
  deliver,
  envelope,
  messagesChange,
  newPhone,
  newWamid,
  textChange,
  type Change,
  type Sender,
} from './deliveries.ts';
import { hire } from './people.ts';
import { letTo, takePart } from './rentals.ts';
import type { RoutingDesk } from './routing-desk.ts';
import type { TestSwitchboard } from './switchboard.ts';

export type TwoLandlords = Awaited<ReturnType<typeof openTwoLandlords>>;

/** What the question's row for a landlord carries back. */
export const rowFor = ({ user }: SessionAnswer) => `landlord:${user.id}`;

export async function openTwoLandlords(switchboard: TestSwitchboard, desk: RoutingDesk) {
  const central = await desk.addCentralNumber();
  const lou = await hire(switchboard, desk.owner, 'Lou First');
  const sam = await hire(switchboard, desk.owner, 'Sam Second');
  const phone = newPhone();
  for (const landlord of [lou, sam]) {
    await letTo(switchboard, landlord, phone);
    await takePart(switchboard, landlord);
  }
  let clock = 0;
  /** Each a second after the one before, so that order can be seen. */
  const nextMoment = () => new Date(Date.now() - 600_000 + 1000 * clock++);
  async function post(change: Change): Promise<void> {
    await deliver(switchboard.url, envelope([change]));
    await switchboard.settle();
  }
  const choice = (id: string, from: Sender = { phone }): Change =>
    messagesChange(
      central,
      [
        {
          ...(from.phone ? { from: from.phone } : {}),
          ...(from.userId ? { from_user_id: from.userId } : {}),
          id: newWamid(),
          timestamp: String(Math.floor(nextMoment().getTime() / 1000)),
          type: 'interactive',
          interactive: { type: 'list_reply', list_reply: { id, title: 'A choice' } },
        },
      ],
      [from],
    );
  return {
    central,
    lou,
    sam,
    phone,
    nextMoment,
    choice,
    say: (text: string, from: Sender = { phone }) =>
      post(textChange(central, { from, text, at: nextMoment() })),
    choose: (id: string, from?: Sender) => post(choice(id, from)),
    /** How many messages wait, the question included. */
    waiting: () =>
      countRows(
        switchboard.database,
        'waiting_room_messages',
        `organization_id = '${desk.owner.organization.id}'`,
      ),
    kinds: (address = phone) => kindsSentTo(switchboard, central, address),
  };
}

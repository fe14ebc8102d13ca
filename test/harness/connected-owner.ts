/** Where most flows begin: a server, an owner who is signed in, a number of theirs, and their inbox. */
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { registerOwner } from './api.ts';
import { inboxOf, type Inbox } from './inbox.ts';
import { connectNumber, type ConnectedNumber } from './numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from './switchboard.ts';

export type ConnectedOwner = {
  switchboard: TestSwitchboard;
  owner: SessionAnswer;
  number: ConnectedNumber;
  inbox: Inbox;
};

/** Starts it; call `switchboard.stop` in `afterAll`. */
export async function startWithNumber(): Promise<ConnectedOwner> {
  const switchboard = await startTestSwitchboard();
  const owner = await registerOwner(switchboard.url);
  const number = await connectNumber(switchboard, owner.access_token);
  return { switchboard, owner, number, inbox: inboxOf(switchboard.url, owner.access_token) };
}

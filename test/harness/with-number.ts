/** Where most flows begin: beside the file's Switchboard (with-switchboard.ts), an owner, a number of theirs, and their inbox. */
import { beforeAll } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { registerOwner } from './api.ts';
import { inboxOf, type Inbox } from './inbox.ts';
import { connectNumber, type ConnectedNumber } from './numbers.ts';
import { switchboard } from './with-switchboard.ts';

export { switchboard };
export let owner: SessionAnswer;
export let number: ConnectedNumber;
export let inbox: Inbox;

beforeAll(async () => {
  owner = await registerOwner(switchboard.url);
  number = await connectNumber(switchboard, owner.access_token);
  inbox = inboxOf(switchboard.url, owner.access_token);
});

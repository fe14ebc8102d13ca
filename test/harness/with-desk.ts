/** Beside the file's Switchboard (with-switchboard.ts), a fresh routing desk for each test. */
import { beforeEach } from 'vitest';
import { openRoutingDesk, type RoutingDesk } from './routing-desk.ts';
import { switchboard } from './with-switchboard.ts';

export { switchboard };
export let desk: RoutingDesk;

beforeEach(async () => {
  desk = await openRoutingDesk(switchboard);
});

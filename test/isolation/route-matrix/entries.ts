/** All entries of the route matrix, and which one a route has. */
import { admin } from './admin.ts';
import { authSecurity } from './auth-security.ts';
import { auth } from './auth.ts';
import { conversations } from './conversations.ts';
import { credentials } from './credentials.ts';
import type { Entries, Entry } from './entry.ts';
import { inbound } from './inbound.ts';
import { media } from './media.ts';
import { organizations } from './organizations.ts';
import { outbound } from './outbound.ts';
import { people } from './people.ts';
import { platform } from './platform.ts';
import { rentals } from './rentals.ts';
import { waba } from './waba.ts';

export const entries: Entries = {
  ...platform,
  ...organizations,
  ...auth,
  ...authSecurity,
  ...people,
  ...credentials,
  ...waba,
  ...rentals,
  ...conversations,
  ...outbound,
  ...media,
  ...inbound,
  ...admin,
};

/** Meta, played on the same port: it has tokens of its own, holds nothing of ours, and is off where customers are served. */
export const isSimulators = (url: string) => url.startsWith('/simulator/');

/** HEAD is answered by the handler of GET. */
export function entryOf(name: string): Entry | undefined {
  return entries[name] ?? (name.startsWith('HEAD ') ? entries[name.replace('HEAD', 'GET')] : undefined);
}

export const HOW_TO_ADD =
  'Add an entry to the file of its module in test/isolation/route-matrix (README.md there says how), so that it is tried as everybody.';

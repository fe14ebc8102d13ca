/** Timed work on configurations. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { purgeConfigurations, releaseDormantItems } from './queries.ts';
import { RESTORABLE_DAYS } from './restoring.ts';

export function credentialJobs(app: App): JobDefinition[] {
  return [
    {
      // Deleting what is old can be repeated.
      name: 'credentials.purge-deleted',
      schedule: '23 * * * *',
      leaseSeconds: 300,
      retry: { limit: 3, delaySeconds: 60, backoff: true },
      run: () => asClaimer(app, (tx) => purgeConfigurations(tx, RESTORABLE_DAYS)),
    },
    {
      // Bringing a configuration back releases what waited, in the same transaction; a delivery that was just then on its way
      // is found here. What was released is not there to be released again.
      name: 'credentials.release-dormant-items',
      schedule: '*/2 * * * *',
      leaseSeconds: 100,
      retry: { limit: 3, delaySeconds: 10, backoff: false },
      run: () => asClaimer(app, releaseDormantItems),
    },
  ];
}

/** Timed work of this module. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { forgetEndedSessions } from './queries.ts';

export function authJobs(app: App): JobDefinition[] {
  return [
    {
      // Deleting what has ended can be repeated.
      name: 'auth.forget-ended-sessions',
      schedule: '17 3 * * *',
      leaseSeconds: 300,
      retry: { limit: 3, delaySeconds: 60, backoff: true },
      run: () => asClaimer(app, forgetEndedSessions),
    },
  ];
}

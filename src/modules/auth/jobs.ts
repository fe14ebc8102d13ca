/** Timed work of this module. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { forgetEndedSessions } from './queries.ts';
import { LETTER_JOB, sendAccountLink, type LetterPayload } from './send-account-link.ts';

export function authJobs(app: App): JobDefinition[] {
  return [
    {
      // A second run sends a second letter with another link; both are good until one is used.
      name: LETTER_JOB,
      leaseSeconds: 60,
      retry: { limit: 8, delaySeconds: 15, backoff: true },
      run: (payload) => sendAccountLink(app, payload as LetterPayload),
    },
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

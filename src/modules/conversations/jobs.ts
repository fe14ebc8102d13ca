/** Timed work of this module. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { forgetOldEvents } from './queries/events.ts';

export function conversationJobs(app: App): JobDefinition[] {
  return [
    {
      // Deleting what is old can be repeated.
      name: 'conversations.forget-old-events',
      schedule: '7 * * * *',
      leaseSeconds: 300,
      retry: { limit: 3, delaySeconds: 60, backoff: true },
      run: () => asClaimer(app, forgetOldEvents),
    },
  ];
}

/** Fetching files, and upkeep of those that are stored. */
import type { App } from '../../app.ts';
import { asClaimer, asWorker } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { fetchMedia } from './fetch-media.ts';
import { enqueueFetch, FETCH_MEDIA } from './note-media.ts';
import { listForgotten } from './queries.ts';
import { removeLeftovers } from './remove-leftovers.ts';

const MOST_FORGOTTEN = 1000;

/** A job that was lost is put in again; one that still waits is not doubled, because its key is the file. */
async function fetchForgotten(app: App): Promise<void> {
  for (const media of await asClaimer(app, (tx) => listForgotten(tx, MOST_FORGOTTEN)))
    await asWorker(app, media.organizationId, async (tx) => {
      enqueueFetch(tx, media);
    });
}

export function mediaJobs(app: App): JobDefinition[] {
  const fetching: JobDefinition<{ organization_id: string; media_id: string }> = {
    // Failures of Meta and of the disk are noted and end in a later job; a repetition here is for a database that is away.
    name: FETCH_MEDIA,
    leaseSeconds: 400,
    retry: { limit: 20, delaySeconds: 10, backoff: true },
    concurrency: 4,
    run: (job) => fetchMedia(app, { organizationId: job.organization_id, mediaId: job.media_id }),
  };
  return [
    fetching,
    {
      name: 'media.fetch-forgotten',
      schedule: '17 * * * *',
      leaseSeconds: 300,
      retry: { limit: 3, delaySeconds: 60, backoff: true },
      run: () => fetchForgotten(app),
    },
    {
      name: 'media.remove-leftovers',
      schedule: '53 2 * * *',
      leaseSeconds: 3600,
      retry: { limit: 3, delaySeconds: 300, backoff: true },
      run: async () => {
        const removed = await removeLeftovers(app);
        if (removed > 0) app.log.info({ removed }, 'Files that nothing refers to were removed');
      },
    },
  ];
}

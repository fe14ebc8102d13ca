/** Background work on accounts. The table of accounts with news is the truth; a notification only wakes. */
import type { App } from '../../app.ts';
import { asClaimer, asWorker } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { runLeaseLoop, type LeaseLoop } from '../../platform/queue/lease-loop.ts';
import { applyAccountNotices } from './apply-account-notices.ts';
import { checkAccount } from './check-account.ts';
import { forgetAttempts } from './queries/attempts.ts';
import {
  claimAccountsWithNews,
  countAccountsWithNews,
  finishAccountNews,
  forgetOldNotices,
} from './queries/account-events.ts';
import { listAllAccounts } from './queries/health.ts';
import { writeToOwners, type Notification } from './write-to-owners.ts';

/** Longer than applying takes; what failed is tried again after it. */
const NEWS_LEASE_SECONDS = 30;

/** Looks at every account of the install, one after the other: Meta allows few calls an hour. One that fails holds up no other. */
async function checkAllAccounts(app: App, signal: AbortSignal): Promise<void> {
  for (const { organization_id: organizationId, waba_id: wabaId } of await asClaimer(app, listAllAccounts)) {
    if (signal.aborted) return;
    try {
      await checkAccount(app, { organizationId, wabaId });
    } catch (error) {
      app.log.warn({ err: error, waba_id: wabaId }, 'An account could not be checked');
    }
  }
}

export function wabaJobs(app: App): JobDefinition[] {
  const writing: JobDefinition<Notification> = {
    // What makes running it twice bearable stands in write-to-owners.ts.
    name: 'waba.write-to-owners',
    leaseSeconds: 120,
    retry: { limit: 10, delaySeconds: 60, backoff: true },
    run: (notification) => writeToOwners(app, notification),
  };
  const checking: JobDefinition<{ organization_id: string; waba_id: string }> = {
    // The newest look at an account counts.
    name: 'waba.check-account',
    leaseSeconds: 120,
    retry: { limit: 3, delaySeconds: 60, backoff: true },
    run: async ({ organization_id: organizationId, waba_id: wabaId }) => {
      await checkAccount(app, { organizationId, wabaId });
    },
  };
  return [
    writing,
    checking,
    {
      // The newest look at an account counts.
      name: 'waba.check-accounts',
      schedule: '11 4 * * *',
      leaseSeconds: 3600,
      retry: { limit: 3, delaySeconds: 600, backoff: true },
      run: (_payload, { signal }) => checkAllAccounts(app, signal),
    },
    {
      // Deleting what is old can be repeated.
      name: 'waba.forget-old-notices',
      schedule: '41 3 * * *',
      leaseSeconds: 300,
      retry: { limit: 3, delaySeconds: 60, backoff: true },
      run: () => asClaimer(app, forgetOldNotices),
    },
    {
      // Forgetting twice forgets nothing more.
      name: 'waba.forget-attempts',
      schedule: '23 * * * *',
      leaseSeconds: 300,
      retry: { limit: 3, delaySeconds: 60, backoff: true },
      run: () => asClaimer(app, forgetAttempts),
    },
  ];
}

export function wabaLoops(app: App): LeaseLoop[] {
  const applying = runLeaseLoop({
    name: 'waba.apply-account-notices',
    claim: (most) => asClaimer(app, (tx) => claimAccountsWithNews(tx, most, NEWS_LEASE_SECONDS)),
    // One transaction: what was applied and that it was applied commit together.
    work: (news) =>
      asWorker(app, news.organization_id, async (tx) => {
        await applyAccountNotices(tx, news);
        await finishAccountNews(tx, news);
      }),
    concurrency: 2,
    log: app.log,
  });
  app.notifications.on('switchboard_accounts', () => applying.wake());
  return [applying];
}

/** How many accounts have notices that wait to be applied. */
export function countWaitingAccounts(app: App): Promise<number> {
  return asClaimer(app, countAccountsWithNews);
}

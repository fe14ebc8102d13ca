/** Letters of invitation, and forgetting those that nobody accepted. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { MAIL_INVITATION } from './invite-person.ts';
import { mailInvitation } from './mail-invitation.ts';
import { forgetOldInvitations } from './queries/invitations.ts';

export function peopleJobs(app: App): JobDefinition[] {
  const letters: JobDefinition<{ organization_id: string; invitation_id: string }> = {
    // Safe to run twice: see mail-invitation.ts.
    name: MAIL_INVITATION,
    leaseSeconds: 60,
    retry: { limit: 8, delaySeconds: 15, backoff: true },
    run: ({ organization_id, invitation_id }) => mailInvitation(app, organization_id, invitation_id),
  };
  return [
    letters,
    {
      // Deleting what is old can be repeated.
      name: 'people.forget-old-invitations',
      schedule: '27 3 * * *',
      leaseSeconds: 300,
      retry: { limit: 3, delaySeconds: 60, backoff: true },
      run: () => asClaimer(app, forgetOldInvitations),
    },
  ];
}

/**
 * What connecting writes: numbers, grant, who answers. A number has one owner in the whole install, and a grant is one row for one
 * user and one account: connecting again brings it up to date.
 */
import type { PhoneNumber, Waba } from '../../graph-api/accounts-api.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { tokenPlace } from './account-token.ts';
import type { StepContext } from './connection-steps.ts';
import { claimNumber, configureFirstUser, describeNumber, markConnected, upsertGrant } from './queries.ts';
import { endOtherAttempts } from './queries/attempts.ts';

/** An account as Meta shows it to the token. */
export type ReadAccount = { wabaId: string; waba: Waba; numbers: PhoneNumber[] };

/** Throws `waba.number_taken` without a word of whose the number is. */
async function claimNumbers(tx: Tx, { wabaId, waba, numbers }: ReadAccount): Promise<void> {
  const portfolioId = waba.ownerBusiness?.id ?? wabaId;
  // In one order, so that two who connect the same account never wait for each other.
  for (const number of numbers.toSorted((a, b) => a.id.localeCompare(b.id))) {
    const claimed = await claimNumber(tx, describeNumber(number, { wabaId, portfolioId }));
    if (!claimed)
      throw new AppError(
        'waba.number_taken',
        409,
        `The number ${number.displayPhoneNumber ?? number.id} is connected by another organization of this install. ` +
          'Ask that organization to disconnect it first, or ask your administrator who it is; then continue.',
      );
  }
}

/** Stores the numbers and the grant, which counts as connected once the app is subscribed. Nothing is stored when it throws. */
export async function storeConnection(
  { app, actor, attempt, accessToken }: StepContext,
  read: ReadAccount,
): Promise<void> {
  const { userId, organizationId } = actor;
  const { wabaId, waba } = read;
  await asUser(app, actor, async (tx) => {
    await claimNumbers(tx, read);
    await upsertGrant(tx, {
      organizationId,
      userId,
      wabaId,
      name: waba.name,
      ownerBusinessId: waba.ownerBusiness?.id ?? null,
      appId: attempt.app_id,
      tokenExpiresAt: attempt.token_expires_at,
      sealedToken: app.secretBox.seal(accessToken, tokenPlace({ userId, wabaId })),
    });
  });
}

/**
 * The app is subscribed: messages arrive from now on, so from now on somebody answers on the number that was chosen, or the first. What a
 * phone's past brings must not come before.
 */
export async function setConnected(
  tx: Tx,
  { app, actor, attempt }: StepContext,
  wabaId: string,
): Promise<void> {
  const { organizationId, userId } = actor;
  const numbers = attempt.account?.numbers ?? [];
  const answered = numbers.find((number) => number.id === attempt.phone_number_id) ?? numbers[0];
  if (answered)
    await configureFirstUser(tx, {
      organizationId,
      userId,
      phoneNumberId: answered.id,
      wabaId,
      number: answered.display.slice(0, 20),
      webhookUrl: `${app.config.publicUrl}/webhooks/whatsapp`,
    });
  await markConnected(tx, { userId, wabaId });
  tx.publish({ type: 'account.changed', agentId: null, assigneeId: userId, data: { waba_id: wabaId } });
}

/** Brings the numbers up to date. */
export async function finishConnection(context: StepContext, read: ReadAccount): Promise<void> {
  const { app, actor, attempt } = context;
  const { wabaId, numbers } = read;
  await asUser(app, actor, async (tx) => {
    await claimNumbers(tx, read);
    await endOtherAttempts(tx, { id: attempt.id, wabaId });
    await recordAudit(tx, {
      action: 'account.connected',
      subject: { kind: 'waba', id: wabaId, name: attempt.account?.name ?? null },
      details: { kind: attempt.kind, numbers: numbers.length },
    });
    await setConnected(tx, context, wabaId);
  });
}

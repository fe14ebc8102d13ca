/**
 * Registering a number, which makes it able to send and sets its two-step PIN. The PIN is written down, encrypted, before Meta is
 * asked: a PIN that was set and lost could only be reset by hand in WhatsApp Manager. With a PIN that Meta refuses nothing was set, and
 * the one before counts again; of one that was kept it is noted, because it was changed elsewhere. Meta allows ten registrations in 72
 * hours.
 */
import { randomInt } from 'node:crypto';
import type { App } from '../../app.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import { GraphError } from '../../graph-api/graph-error.ts';
import type { SecretPlace } from '../../platform/crypto/secret-box.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { presentNumber } from './account-status.ts';
import type { Connector } from './begin-connection.ts';
import type { StepContext } from './connection-steps.ts';
import type { PhoneNumber } from './contract.ts';
import { openNumber } from './open-number.ts';
import { claimNumber, describeNumber, findNumber, listNumbers } from './queries.ts';
import type { AttemptNumber } from './queries/attempts.ts';
import { confirmPin, findPin, keepPin, notePinRefused, restorePin, type SealedPin } from './queries/pins.ts';
import { decideRegistration, explainRegistration } from './rules-connecting.ts';

/** A PIN belongs to a number of an organization: what another one set is none of theirs. */
export function pinPlace(number: { organizationId: string; phoneNumberId: string }): SecretPlace {
  return { table: 'number_pins', rowId: `${number.organizationId}/${number.phoneNumberId}`, column: 'pin' };
}

/** `sealed` is how it stands there now; `written` what stood there before it was written down for this, null if it was kept already. */
type PreparedPin = { pin: string; sealed: string; written: { before: SealedPin | undefined } | null };

/** The PIN to register with: the given one, the kept one, or a random one; kept before it is used. */
function preparePin(
  app: App,
  actor: Connector,
  { phoneNumberId, given }: { phoneNumberId: string; given: string | undefined },
): Promise<PreparedPin> {
  const place = pinPlace({ organizationId: actor.organizationId, phoneNumberId });
  return asUser(app, actor, async (tx) => {
    const before = await findPin(tx, phoneNumberId);
    const kept = before ? app.secretBox.open(before.pin, place) : null;
    if (before && kept !== null && (given === undefined || given === kept))
      return { pin: kept, sealed: before.pin, written: null };
    const pin = given ?? String(randomInt(1_000_000)).padStart(6, '0');
    const { organizationId, userId } = actor;
    const sealed = app.secretBox.seal(pin, place);
    await keepPin(tx, { organizationId, userId, phoneNumberId, sealed });
    return { pin, sealed, written: { before } };
  });
}

/** With a wrong PIN nothing was set at Meta; whatever else it refuses says nothing of a PIN that was kept. */
async function noteRefusal(
  tx: Tx,
  { phoneNumberId, prepared, refusal }: { phoneNumberId: string; prepared: PreparedPin; refusal: AppError },
): Promise<void> {
  const { sealed, written } = prepared;
  if (written) await restorePin(tx, { phoneNumberId, refused: sealed, before: written.before });
  else if (refusal.code === 'waba.pin_wrong') await notePinRefused(tx, phoneNumberId, sealed);
}

type Registration = { phoneNumberId: string; token: GraphToken; pin?: string | undefined };

/** Throws what `explainRegistration` says (the PIN before stays then), or GraphError when it may pass; the PIN is kept then. */
async function register(app: App, actor: Connector, registration: Registration): Promise<void> {
  const { phoneNumberId, token } = registration;
  const prepared = await preparePin(app, actor, { phoneNumberId, given: registration.pin });
  try {
    await app.graph.registerNumber(token, phoneNumberId, { pin: prepared.pin });
  } catch (error) {
    const refusal = error instanceof GraphError ? explainRegistration(error) : null;
    if (refusal) await asUser(app, actor, (tx) => noteRefusal(tx, { phoneNumberId, prepared, refusal }));
    throw refusal ?? error;
  }
  await asUser(app, actor, async (tx) => {
    await confirmPin(tx, phoneNumberId);
    await recordAudit(tx, {
      action: 'number.registered',
      subject: { kind: 'number', id: phoneNumberId },
    });
  });
}

/** Registers a number while an account is connected. A refusal is noted on the number: the account works without it. */
export async function registerNextNumber(
  { app, actor, token }: StepContext,
  number: AttemptNumber,
): Promise<AttemptNumber> {
  try {
    await register(app, actor, { phoneNumberId: number.id, token });
    return { ...number, outcome: 'registered' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...number, outcome: 'needs_attention', code: error.code, message: error.message };
  }
}

/** Registering it would end its life in the app, so Meta refuses that, and says no more than that a value is wrong. */
async function refuseBusinessApp(app: App, token: GraphToken, phoneNumberId: string): Promise<void> {
  const known = await app.graph.getPhoneNumber(token, phoneNumberId);
  if (decideRegistration(known) !== 'whatsapp_business_app') return;
  throw new AppError(
    'waba.number_in_business_app',
    422,
    'This number also lives in the WhatsApp Business app, so it needs no registration: it sends and receives here already. To use it here alone, delete its account in the app first.',
  );
}

/**
 * Registers a number of an account that the person may use.
 * @throws AppError 404, 422 with what to do, 429 when Meta wants a pause; GraphError when it may pass
 */
export async function registerNumber(
  app: App,
  actor: Connector,
  number: { wabaId: string; phoneNumberId: string; pin?: string | undefined },
): Promise<PhoneNumber> {
  const { wabaId, phoneNumberId, pin } = number;
  const token = await openNumber(app, actor, { wabaId, phoneNumberId });
  if (token === null) throw notFound('number');
  await refuseBusinessApp(app, token, phoneNumberId);
  await register(app, actor, { phoneNumberId, token, pin });
  const known = await app.graph.getPhoneNumber(token, phoneNumberId);
  const row = await asUser(app, actor, async (tx) => {
    const number = await findNumber(tx, phoneNumberId);
    if (number) await claimNumber(tx, describeNumber(known, number));
    tx.publish({ type: 'account.changed', agentId: null, assigneeId: null, data: { waba_id: wabaId } });
    return (await listNumbers(tx, [wabaId])).find((one) => one.phone_number_id === phoneNumberId);
  });
  if (!row) throw notFound('number');
  return presentNumber(row);
}

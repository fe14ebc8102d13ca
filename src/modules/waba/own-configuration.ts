/**
 * The number that a person answers on, by their own hand. What must stay true: the key is encrypted and never answered; nobody but an
 * owner takes a number on which somebody else answers.
 */
import type { App } from '../../app.ts';
import type { SecretPlace } from '../../platform/crypto/secret-box.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { WhatsappConfiguration, WhatsappConfigurationBody } from './contract-numbers.ts';
import { findNumber } from './queries.ts';
import {
  createConfiguration,
  endConfiguration,
  findConfiguration,
  isNumberAnswered,
  updateConfiguration,
  type ConfigurationChange,
  type ConfigurationRow,
} from './queries/numbers.ts';

type Asker = Pick<Actor, 'userId' | 'organizationId' | 'isOwner'>;

/** A user has one configuration, so the user names the row. */
export function configurationKeyPlace(userId: string): SecretPlace {
  return { table: 'whatsapp_configuration', rowId: userId, column: 'api_key' };
}

function present(row: ConfigurationRow): WhatsappConfiguration {
  return {
    user_id: row.user_id,
    whatsapp_number: row.whatsapp_number,
    webhook_url: row.webhook_url,
    has_api_key: row.api_key !== null,
    business_account_id: row.business_account_id,
    phone_number_id: row.phone_number_id,
    is_active: row.is_active,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** Throws 404 while the person has none. */
export function readOwnConfiguration(app: App, actor: Asker): Promise<WhatsappConfiguration> {
  return asUser(app, actor, async (tx) => {
    const row = await findConfiguration(tx, actor.userId);
    if (!row) throw notFound('configuration');
    return present(row);
  });
}

async function refuseTakenNumber(
  tx: Tx,
  actor: Asker,
  wanted: { phoneNumberId: string; current: ConfigurationRow | null },
): Promise<void> {
  const { phoneNumberId, current } = wanted;
  if (!(await findNumber(tx, phoneNumberId))) throw notFound('number');
  if (actor.isOwner || current?.phone_number_id === phoneNumberId) return;
  if (await isNumberAnswered(tx, phoneNumberId))
    throw new AppError(
      'waba.number_answered',
      409,
      'Somebody else answers on this number. Ask an owner of your organization to assign it to you.',
    );
}

/** Makes the person's configuration, or changes what is given. Throws 404 or 409 for a number, 422 when the number is missing. */
export function writeOwnConfiguration(
  app: App,
  actor: Asker,
  body: WhatsappConfigurationBody,
): Promise<WhatsappConfiguration> {
  const { userId } = actor;
  const { api_key: key, phone_number_id: phoneNumberId } = body;
  const change: ConfigurationChange = {
    number: body.whatsapp_number,
    webhookUrl: body.webhook_url,
    sealedKey: key === undefined ? undefined : app.secretBox.seal(key, configurationKeyPlace(userId)),
    wabaId: body.business_account_id,
    phoneNumberId,
  };
  return asUser(app, actor, async (tx) => {
    const current = await findConfiguration(tx, userId);
    if (phoneNumberId !== undefined) await refuseTakenNumber(tx, actor, { phoneNumberId, current });
    const row = current
      ? await updateConfiguration(tx, userId, change)
      : await create(app, tx, userId, change);
    if (!row) throw notFound('user');
    await recordAudit(tx, {
      action: 'answering.changed',
      subject: { kind: 'user', id: userId },
      details: { fields: Object.keys(body) },
    });
    return present(row);
  });
}

function create(
  app: App,
  tx: Tx,
  userId: string,
  change: ConfigurationChange,
): Promise<ConfigurationRow | null> {
  if (change.number === undefined)
    throw new AppError('waba.whatsapp_number_needed', 422, 'Give whatsapp_number: the number you answer on.');
  const webhookUrl = change.webhookUrl ?? `${app.config.publicUrl}/webhooks/whatsapp`;
  return createConfiguration(tx, userId, { ...change, number: change.number, webhookUrl });
}

/** The person no longer answers on a number. Throws 404 when they did not. */
export async function endOwnConfiguration(app: App, actor: Asker): Promise<void> {
  await asUser(app, actor, async (tx) => {
    if (!(await endConfiguration(tx, actor.userId))) throw notFound('configuration');
    await recordAudit(tx, { action: 'answering.ended', subject: { kind: 'user', id: actor.userId } });
  });
}

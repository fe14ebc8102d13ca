/** The organization's numbers with their settings: how they route, who answers, how well they are. */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { AnsweringUserBody, NumberPatch, NumberSettings, RoutingRule } from './contract-numbers.ts';
import { numberMode } from './rules-numbers.ts';
import {
  createConfiguration,
  endConfiguration,
  findConfiguration,
  isColleague,
  listAnsweringUsers,
  listNumberSettings,
  patchNumber,
  updateConfiguration,
} from './queries/numbers.ts';

type Asker = Pick<Actor, 'userId' | 'organizationId'>;
type SettingsRow = Awaited<ReturnType<typeof listNumberSettings>>[number];

function present(row: SettingsRow): NumberSettings {
  const { platform_type: platform, ...number } = row;
  return {
    ...number,
    mode: numberMode(row.mode),
    // Written by patchNumber alone, which took it from the schema.
    routing: row.routing as RoutingRule[] | null,
    is_registered: row.status === 'CONNECTED' && platform !== 'NOT_APPLICABLE',
    pin_refused_at: row.pin_refused_at?.toISOString() ?? null,
    read_at: row.read_at.toISOString(),
    gone_at: row.gone_at?.toISOString() ?? null,
  };
}

async function getNumber(tx: Tx, phoneNumberId: string): Promise<NumberSettings> {
  const [row] = await listNumberSettings(tx, phoneNumberId);
  if (!row) throw notFound('number');
  return present(row);
}

/** The organization's numbers; of who answers on them an agent sees only themselves. */
export async function listNumbersOf(app: App, actor: Asker): Promise<NumberSettings[]> {
  return (await asUser(app, actor, (tx) => listNumberSettings(tx))).map(present);
}

/** Changes mode or routing. Throws 404 for a number that is not the organization's. */
export function changeNumber(
  app: App,
  actor: Asker,
  phoneNumberId: string,
  patch: NumberPatch,
): Promise<NumberSettings> {
  return asUser(app, actor, async (tx) => {
    if (!(await patchNumber(tx, phoneNumberId, patch))) throw notFound('number');
    await recordAudit(tx, {
      action: 'number.changed',
      subject: { kind: 'number', id: phoneNumberId },
      details: {
        ...(patch.mode === undefined ? {} : { mode: patch.mode }),
        ...(patch.routing === undefined ? {} : { routing: patch.routing ?? 'default' }),
      },
    });
    return getNumber(tx, phoneNumberId);
  });
}

/** The number's own values for a configuration. */
function answering(app: App, number: NumberSettings) {
  return {
    number: number.display_phone_number.slice(0, 20),
    webhookUrl: `${app.config.publicUrl}/webhooks/whatsapp`,
    wabaId: number.waba_id,
    phoneNumberId: number.phone_number_id,
  };
}

/** Decides who answers on a number: that person alone, or nobody. Throws 404 for a number or a person that is not the organization's. */
export function assignNumber(
  app: App,
  actor: Asker,
  phoneNumberId: string,
  { user_id: userId }: AnsweringUserBody,
): Promise<NumberSettings> {
  return asUser(app, actor, async (tx) => {
    const number = await getNumber(tx, phoneNumberId);
    if (userId !== null && !(await isColleague(tx, userId))) throw notFound('user');
    for (const other of await listAnsweringUsers(tx, phoneNumberId))
      if (other !== userId) await endConfiguration(tx, other);
    if (userId !== null) {
      const values = answering(app, number);
      // Who has a configuration keeps the rest of it, such as the key.
      if (await findConfiguration(tx, userId)) await updateConfiguration(tx, userId, values);
      else await createConfiguration(tx, userId, values);
    }
    await recordAudit(tx, {
      action: 'number.assigned',
      subject: { kind: 'number', id: phoneNumberId, name: number.display_phone_number },
      details: { user_id: userId },
    });
    return getNumber(tx, phoneNumberId);
  });
}

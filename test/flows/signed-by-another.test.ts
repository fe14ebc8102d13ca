/**
 * T12 for every kind of webhook: an organization signs, with its own app's secret, what names another's number, account, customers and
 * messages. Not a row of the other one changes, whichever place of the delivery names it.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import {
  deliver,
  envelope,
  messagesChange,
  newPhone,
  newUserId,
  newWamid,
  signatureOf,
  statusesChange,
  textMessage,
  type Change,
} from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';
import { listWalledTables } from '../harness/two-organizations.ts';
import {
  anyMessage,
  call,
  changeOf,
  echo,
  edit,
  historyOf,
  reaction,
  revoke,
} from '../harness/webhook-kinds.ts';

const SECRET = 'canary-app-secret-of-the-signer-0123456789';
let switchboard: TestSwitchboard;
let signer: SessionAnswer;
let signersNumber: ConnectedNumber;
let victim: SessionAnswer;
let number: ConnectedNumber;
/** A customer of the victim's, who is known by two identifiers, and what was written with them. */
const customer = { phone: newPhone(), userId: newUserId() };
const received = newWamid();
let sent: { wamid: string; outboxId: string };

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  signer = await registerOwner(switchboard.url);
  signersNumber = await connectNumber(switchboard, signer.access_token);
  const own = { fb_app_secret: SECRET, verify_token: 'canary-verify-token-of-the-signer-0123456789' };
  await request(`${switchboard.url}/api/v1/tenant/config`, { token: signer.access_token, body: own });
  victim = await registerOwner(switchboard.url);
  number = await connectNumber(switchboard, victim.access_token);
  const hello = textMessage({ from: customer, text: 'Hello', id: received });
  await deliver(switchboard.url, envelope([messagesChange(number.phoneNumberId, [hello], [customer])]));
  await switchboard.settle();
  const inbox = inboxOf(switchboard.url, victim.access_token);
  const { id } = await inbox.with(customer.phone);
  expect((await inbox.send(id, 'An answer')).status).toBe(202);
  await switchboard.settle();
  const [row] = await queryAsAdmin<{ wamid: string; id: string }>(
    switchboard.database,
    `SELECT m.wamid, o.id FROM messages m JOIN outbox o ON o.message_id = m.id WHERE o.organization_id = $1`,
    [victim.organization.id],
  );
  sent = { wamid: row?.wamid ?? '', outboxId: row?.id ?? '' };
  expect(sent.wamid).not.toBe('');
});
afterAll(() => switchboard.stop());

/** Everything that the database holds of the victim, by table. */
async function stateOfVictim(): Promise<Record<string, string[]>> {
  const client = new pg.Client(switchboard.database.adminUrl);
  await client.connect();
  try {
    const state: Record<string, string[]> = {};
    for (const table of await listWalledTables(client)) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM ${table} t WHERE organization_id = $1 ORDER BY 1`,
        [victim.organization.id],
      );
      if (rows.length > 0) state[table] = rows.map(({ row }) => row);
    }
    return state;
  } finally {
    await client.end();
  }
}

const said = { from: customer };
const stranger = { phone: newPhone(), userId: newUserId() };

/** What can be said on a number, about the victim's people and messages. */
const kinds = (to: string): [string, () => Change][] => [
  ['a message', () => messagesChange(to, [textMessage({ ...said, text: 'Forged' })], [customer])],
  ['a STOP', () => messagesChange(to, [textMessage({ ...said, text: 'STOP' })], [customer])],
  [
    'the same message once more',
    () => messagesChange(to, [textMessage({ ...said, text: 'Other', id: received })], [customer]),
  ],
  ['a reaction', () => messagesChange(to, [reaction(said, sent.wamid, '👎')], [customer])],
  ['an edit', () => messagesChange(to, [edit(said, received, 'Rewritten')], [customer])],
  ['a deletion', () => messagesChange(to, [revoke(said, received)], [customer])],
  [
    'another name',
    () => messagesChange(to, [textMessage({ ...said, text: 'Hi' })], [{ ...customer, name: 'Mallory' }]),
  ],
  [
    'a person who is said to be two',
    () =>
      messagesChange(
        to,
        [textMessage({ from: { ...customer, phone: stranger.phone }, text: 'Hi' })],
        [{ ...customer, phone: stranger.phone }],
      ),
  ],
  [
    'a new number of theirs',
    () =>
      messagesChange(
        to,
        [
          anyMessage(said, 'system', {
            type: 'user_changed_number',
            wa_id: stranger.phone,
            user_id: stranger.userId,
          }),
        ],
        [customer],
      ),
  ],
  [
    'a status',
    () =>
      statusesChange(to, [
        {
          id: sent.wamid,
          status: 'failed',
          recipient: customer.phone,
          errors: [{ code: 131026, title: 'Undeliverable' }],
        },
      ]),
  ],
  [
    'a status with the id that we sent along',
    () =>
      statusesChange(to, [
        { id: newWamid(), status: 'failed', recipient: customer.phone, callbackData: sent.outboxId },
      ]),
  ],
  [
    'an echo of what the business wrote',
    () => changeOf(to, 'smb_message_echoes', { message_echoes: [echo(said, 'text', { body: 'Forged' })] }),
  ],
  [
    'a message for another app',
    () => ({
      field: 'standby',
      value: {
        ...changeOf(to, 'standby', {}).value,
        standby: messagesChange(to, [textMessage({ ...said, text: 'Forged' })], [customer]).value,
      },
    }),
  ],
  ['the past', () => historyOf(to, customer.phone, [textMessage({ ...said, text: 'Long ago' })])],
  [
    'a call',
    () =>
      changeOf(to, 'calls', {
        calls: [call(said, 'connect')],
        contacts: [{ wa_id: customer.phone, profile: { name: 'Mallory' } }],
      }),
  ],
  [
    'a wish about marketing',
    () =>
      changeOf(to, 'user_preferences', {
        contacts: [{ wa_id: customer.phone, user_id: customer.userId }],
        user_preferences: [
          {
            wa_id: customer.phone,
            user_id: customer.userId,
            category: 'marketing_messages',
            value: 'stop',
            timestamp: 1_790_000_000,
          },
        ],
      }),
  ],
  [
    'another user id',
    () =>
      changeOf(to, 'user_id_update', {
        user_id_update: [
          {
            wa_id: customer.phone,
            user_id: { previous: customer.userId, current: stranger.userId },
            timestamp: '1790000000',
          },
        ],
      }),
  ],
  [
    'a name in the address book',
    () =>
      changeOf(to, 'smb_app_state_sync', {
        state_sync: [
          {
            type: 'contact',
            action: 'add',
            contact: { full_name: 'Mallory', phone_number: customer.phone },
            metadata: { timestamp: '1790000000' },
          },
        ],
      }),
  ],
  [
    'settings of the number',
    () => ({
      field: 'account_settings_update',
      value: {
        type: 'phone_number_settings',
        phone_number_settings: { phone_number_id: to, calling: { status: 'ENABLED' } },
      },
    }),
  ],
];

async function sign(body: Record<string, unknown>): Promise<void> {
  const text = JSON.stringify(body);
  const tenantId = signer.organization.id;
  const answer = await deliver(switchboard.url, text, { tenantId, signature: signatureOf(text, SECRET) });
  expect(answer.status).toBe(200);
  await switchboard.settle();
}

let before: Record<string, string[]>;
beforeEach(async () => {
  before = await stateOfVictim();
  for (const table of ['messages', 'conversations', 'contacts', 'phone_numbers', 'waba_accounts'])
    expect(before[table]?.length).toBeGreaterThan(0);
});

describe('on the victim’s number', () => {
  const names = kinds('').map(([name]) => name);
  test.each(names)('%s changes nothing', async (name) => {
    const kind = kinds(number.phoneNumberId).find(([one]) => one === name)?.[1];
    if (!kind) throw new Error('There is no such kind.');
    await sign({
      object: 'whatsapp_business_account',
      entry: [{ id: number.wabaId, time: 1_790_000_000, changes: [kind()] }],
    });
    expect(await stateOfVictim()).toEqual(before);
  });
});

test('on the signer’s own number the same words about the victim’s people and messages change nothing of the victim', async () => {
  const changes = kinds(signersNumber.phoneNumberId).map(([, change]) => change());
  await sign({
    object: 'whatsapp_business_account',
    entry: [{ id: number.wabaId, time: 1_790_000_000, changes }],
  });
  expect(await stateOfVictim()).toEqual(before);
  expect(
    await countRows(switchboard.database, 'conversations', `organization_id = '${signer.organization.id}'`),
  ).toBeGreaterThan(0);
});

test.each<[string, Record<string, unknown>]>([
  ['account_update', { event: 'PARTNER_REMOVED' }],
  ['account_update', { event: 'ACCOUNT_DELETED' }],
  ['account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }],
  ['account_review_update', { decision: 'REJECTED' }],
  [
    'phone_number_quality_update',
    { event: 'FLAGGED', display_phone_number: '15550001122', current_limit: 'TIER_50' },
  ],
  [
    'phone_number_name_update',
    { decision: 'APPROVED', requested_verified_name: 'Mallory', display_phone_number: '15550001122' },
  ],
  [
    'message_template_status_update',
    {
      event: 'REJECTED',
      message_template_id: 1,
      message_template_name: 'x',
      message_template_language: 'en',
    },
  ],
])('on the victim’s account %s %j changes nothing', async (field, value) => {
  const named = {
    ...value,
    waba_info: { waba_id: number.wabaId, owner_business_id: signersNumber.businessId },
  };
  const place = [number.wabaId, signersNumber.wabaId, number.businessId];
  const entry = place.map((id) => ({
    id,
    time: 1_790_000_000,
    changes: [{ field, value: { ...named, nonce: randomUUID() } }],
  }));
  await sign({ object: 'whatsapp_business_account', entry });
  expect(await stateOfVictim()).toEqual(before);
});

test('the same words signed by the install’s app, which may speak for the number, do change it', async () => {
  const changes = kinds(number.phoneNumberId).map(([, change]) => change());
  expect((await deliver(switchboard.url, envelope(changes))).status).toBe(200);
  await switchboard.settle();
  expect(await stateOfVictim()).not.toEqual(before);
});

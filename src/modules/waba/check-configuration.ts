/**
 * "Test these credentials": asks Meta about the values in use, one part after the other, and says what is right and what is not. A
 * token that can read the number proves that the number is the organization's, so the number is claimed then, as connecting does.
 */
import type { App } from '../../app.ts';
import { GraphError } from '../../graph-api/graph-error.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import { asUser } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import { ConfigLoader } from '../credentials/config-loader.ts';
import type { ConfigCheck, ConfigFinding } from '../credentials/contract.ts';
import { noteVerified } from '../credentials/note-verified.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { claimNumber, describeNumber, type ClaimedNumber } from './queries.ts';
import { refuseToken } from './rules-connecting.ts';

type Values = ReturnType<ConfigLoader['getAllConfig']>;
type Part = ConfigFinding['part'];

const ok = (part: Part, message: string): ConfigFinding => ({ part, result: 'ok', message });
const failed = (part: Part, message: string): ConfigFinding => ({ part, result: 'failed', message });
const skipped = (part: Part, message: string): ConfigFinding => ({ part, result: 'skipped', message });

/** Meta's refusal as a finding; anything else, such as Meta being away, is thrown to the caller. */
function refusal(part: Part, error: unknown): ConfigFinding {
  if (!(error instanceof GraphError) || error.outcomeUnknown) throw error;
  return failed(part, `${error.meaning} ${error.whatToDo}`);
}

/** Meta answers about a token only to the app that shows its own secret, so one question settles both. */
async function checkApp(app: App, values: Values): Promise<ConfigFinding[]> {
  const { app_id: appId, app_secret: appSecret, access_token: token } = values;
  if (appId === null || appSecret === null)
    return [
      skipped('app', 'No app id with its app secret is configured.'),
      skipped('token', 'Without the app nothing can be asked about the token.'),
    ];
  try {
    const info = await app.graph.debugToken({ appId, appSecret }, token ?? `${appId}|${appSecret}`);
    const right = ok('app', 'Meta accepts the app id with this secret.');
    if (token === null) return [right, skipped('token', 'No access token is configured.')];
    const refused = refuseToken(info, appId);
    if (refused) return [right, failed('token', refused.message)];
    const end =
      info.expiresAt === null
        ? 'It does not expire.'
        : `It ends on ${info.expiresAt.toISOString().slice(0, 10)}.`;
    return [right, ok('token', `The access token is valid and has the permissions that are needed. ${end}`)];
  } catch (error) {
    return [refusal('app', error), skipped('token', 'Correct the app first.')];
  }
}

type AccountResult = { findings: ConfigFinding[]; number: ClaimedNumber | null };

async function checkAccount(app: App, values: Values): Promise<AccountResult> {
  const { access_token: accessToken, waba_id: wabaId, phone_id: phoneId, app_secret: appSecret } = values;
  const nothing = (part: Part, what: string) => skipped(part, `No ${what} is configured.`);
  if (accessToken === null)
    return {
      findings: [nothing('account', 'access token'), nothing('number', 'access token')],
      number: null,
    };
  const token: GraphToken = appSecret === null ? accessToken : { accessToken, appSecret };
  if (wabaId === null)
    return {
      findings: [nothing('account', 'account id'), ...(await checkNumberAlone(app, token, phoneId))],
      number: null,
    };
  try {
    const waba = await app.graph.getWaba(token, wabaId);
    const account = ok('account', `The account ${waba.name ?? wabaId} can be read.`);
    if (phoneId === null) return { findings: [account, nothing('number', 'number')], number: null };
    const numbers = await app.graph.listPhoneNumbers(token, wabaId);
    const number = numbers.find((one) => one.id === phoneId);
    if (!number)
      return {
        findings: [
          account,
          failed('number', 'The number is not one of this account. Compare both ids in WhatsApp Manager.'),
        ],
        number: null,
      };
    const shown = number.displayPhoneNumber ?? number.id;
    return {
      findings: [account, ok('number', `The number ${shown} can be read.`)],
      number: describeNumber(number, { wabaId, portfolioId: waba.ownerBusiness?.id ?? wabaId }),
    };
  } catch (error) {
    return {
      findings: [refusal('account', error), skipped('number', 'Correct the account first.')],
      number: null,
    };
  }
}

async function checkNumberAlone(
  app: App,
  token: GraphToken,
  phoneId: string | null,
): Promise<ConfigFinding[]> {
  if (phoneId === null) return [skipped('number', 'No number is configured.')];
  try {
    const number = await app.graph.getPhoneNumber(token, phoneId);
    return [ok('number', `The number ${number.displayPhoneNumber ?? phoneId} can be read.`)];
  } catch (error) {
    return [refusal('number', error)];
  }
}

/** Claims the number and notes when it was confirmed. False when another organization of the install has the number. */
function store(
  app: App,
  owner: Actor,
  { number, isRight, now }: { number: ClaimedNumber | null; isRight: boolean; now: Date },
): Promise<boolean> {
  return asUser(app, owner, async (tx) => {
    const claimed = number === null || (await claimNumber(tx, number));
    if (number !== null && claimed)
      await recordAudit(tx, {
        action: 'number.confirmed',
        subject: { kind: 'number', id: number.phoneNumberId, name: number.displayPhoneNumber },
      });
    if (isRight && claimed) await noteVerified(tx, owner.organizationId, now);
    return claimed;
  });
}

/** What Meta says about each part of the values in use. Throws when Meta cannot be reached. */
export async function checkConfiguration(app: App, owner: Actor): Promise<ConfigCheck> {
  app.configurations.forget(owner.organizationId);
  const values = (await ConfigLoader.load(app, owner.organizationId)).getAllConfig();
  const account = await checkAccount(app, values);
  const findings = [...(await checkApp(app, values)), ...account.findings];
  const isRight =
    findings.every((one) => one.result !== 'failed') && findings.some((one) => one.result === 'ok');
  const now = app.clock.now();
  const claimed = await store(app, owner, { number: isRight ? account.number : null, isRight, now });
  app.configurations.forget(owner.organizationId);
  const taken =
    'The number is connected by another organization of this install. Ask that organization to disconnect it first.';
  const told = claimed
    ? findings
    : findings.map((one) => (one.part === 'number' ? failed('number', taken) : one));
  return { ok: isRight && claimed, checked_at: now.toISOString(), findings: told };
}

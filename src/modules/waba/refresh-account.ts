/**
 * Brings an account and its numbers up to date with what Meta's API says now. Safe to run twice. What is read now is newer than every
 * webhook that came before it.
 */
import type { App } from '../../app.ts';
import type { PhoneNumber, Waba } from '../../graph-api/accounts-api.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import type { JsonObject } from '../../graph-api/json.ts';
import { asWorker, type Tx } from '../../platform/db/tx.ts';
import { applyFacts, factFromGraph } from './apply-account-facts.ts';
import { claimNumber, describeNumber } from './queries.ts';
import { markGoneNumbers, noteNumber, renameAccount } from './queries/health.ts';

type Account = { organizationId: string; wabaId: string };

/** What only the numbers' facts keep, so that an older webhook cannot undo what was read. */
function factsOfNumber(number: PhoneNumber, asOf: Date) {
  const subject = `number:${number.id}`;
  const told: [string, JsonObject | null][] = [
    ['quality', number.qualityRating === null ? null : { quality: number.qualityRating }],
    ['limit', number.messagingLimit === null ? null : { limit: number.messagingLimit }],
  ];
  return told.flatMap(([aspect, value]) => (value ? [factFromGraph(subject, aspect, value, asOf)] : []));
}

async function store(
  tx: Tx,
  account: Account,
  read: { waba: Waba; numbers: PhoneNumber[]; asOf: Date },
): Promise<void> {
  const { waba, numbers, asOf } = read;
  const { wabaId } = account;
  const portfolioId = waba.ownerBusiness?.id ?? wabaId;
  for (const number of numbers.toSorted((a, b) => a.id.localeCompare(b.id))) {
    // A number that another organization of the install owns stays theirs.
    if (!(await claimNumber(tx, describeNumber(number, { wabaId, portfolioId })))) continue;
    await noteNumber(tx, {
      phoneNumberId: number.id,
      messagingLimit: number.messagingLimit,
      nameStatus: number.nameStatus,
      codeVerificationStatus: number.codeVerificationStatus,
      platformType: number.platformType,
    });
    await applyFacts(tx, account, factsOfNumber(number, asOf));
  }
  await markGoneNumbers(
    tx,
    wabaId,
    numbers.map((number) => number.id),
  );
  if (waba.name !== null) await renameAccount(tx, wabaId, waba.name);
  const review = waba.accountReviewStatus;
  if (review !== null)
    await applyFacts(tx, account, [factFromGraph('account', 'review', { decision: review }, asOf)]);
}

/** Reads and stores. Throws GraphError; nothing is stored then. Returns the numbers as Meta lists them. */
export async function refreshAccount(app: App, account: Account, token: GraphToken): Promise<PhoneNumber[]> {
  const asOf = new Date();
  const [waba, numbers] = await Promise.all([
    app.graph.getWaba(token, account.wabaId),
    app.graph.listPhoneNumbers(token, account.wabaId),
  ]);
  await asWorker(app, account.organizationId, (tx) => store(tx, account, { waba, numbers, asOf }));
  return numbers;
}

/**
 * Applies what Meta's webhooks told of one account to one organization. Safe to run twice and in any order: an event is stored once by
 * its key, and of every aspect the newest word counts. It also runs when somebody connects an account, for what was told before.
 */
import type { Tx } from '../../platform/db/tx.ts';
import { applyFacts } from './apply-account-facts.ts';
import { listNumbers } from './queries.ts';
import {
  insertEvent,
  listNotices,
  type AccountWithNews,
  type Fact,
  type Notice,
} from './queries/account-events.ts';
import { readAccountEvent, type AccountReading } from './read-account-event.ts';

type KnownNumber = Awaited<ReturnType<typeof listNumbers>>[number];

/** REST formats a number for people, webhooks give digits: they are compared as digits. */
function findNumberId(numbers: KnownNumber[], named: AccountReading['number']): string | null {
  if (named === null) return null;
  const found = numbers.find((number) =>
    'id' in named
      ? number.phone_number_id === named.id
      : number.display_phone_number.replace(/\D/g, '') === named.digits,
  );
  return found?.phone_number_id ?? null;
}

/** Meta's names are shorter. A longer one stays in its event: no index takes it, and the notices behind it would wait for ever. */
const LONGEST_NAME = 300;

/** Facts about a number that is not known here yet are left out; they are read again when the account's numbers change. */
function factsOf(reading: AccountReading, notice: Notice, phoneNumberId: string | null): Fact[] {
  return reading.facts.flatMap(({ subject, aspect, value }) => {
    // Who is told of a portfolio follows from it, so an organization's own app cannot say it: it would name another's.
    if (aspect === 'owner' && !notice.by_install) return [];
    if (subject === 'number' && phoneNumberId === null) return [];
    const name =
      subject === 'account'
        ? 'account'
        : subject === 'number'
          ? `number:${phoneNumberId ?? ''}`
          : `template:${subject.template}`;
    if (name.length > LONGEST_NAME || aspect.length > LONGEST_NAME) return [];
    return [{ subject: name, aspect, value, asOf: notice.occurred_at, tie: notice.dedupe_key }];
  });
}

/** As many as are held in memory at once: however many notices an app has signed, they are read by and by. */
const PAGE = 100;

/** Applies what is new, or everything when the account was connected anew. */
export async function applyAccountNotices(tx: Tx, news: AccountWithNews): Promise<void> {
  const page = { wabaId: news.waba_id, knownToo: news.again, most: PAGE };
  let numbers: KnownNumber[] | null = null;
  for (let after: Notice | null = null; ;) {
    const notices = await listNotices(tx, { ...page, after });
    if (notices.length > 0) numbers ??= await listNumbers(tx, [news.waba_id]);
    for (const notice of notices) await applyNotice(tx, news, { notice, numbers: numbers ?? [] });
    after = notices.at(-1) ?? null;
    if (notices.length < PAGE) break;
  }
  tx.publish({ type: 'account.changed', agentId: null, assigneeId: null, data: { waba_id: news.waba_id } });
}

async function applyNotice(
  tx: Tx,
  { organization_id: organizationId, waba_id: wabaId }: AccountWithNews,
  { notice, numbers }: { notice: Notice; numbers: KnownNumber[] },
): Promise<void> {
  const account = { organizationId, wabaId };
  const reading = readAccountEvent(notice.field, notice.value);
  const phoneNumberId = findNumberId(numbers, reading.number);
  await insertEvent(tx, {
    ...account,
    phoneNumberId,
    field: notice.field,
    event: reading.event,
    severity: reading.severity,
    payload: notice.value,
    dedupeKey: notice.dedupe_key,
    occurredAt: notice.occurred_at,
  });
  await applyFacts(tx, account, factsOf(reading, notice, phoneNumberId));
}

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

/** Facts about a number that is not known here yet are left out; they are read again when the account's numbers change. */
function factsOf(reading: AccountReading, notice: Notice, phoneNumberId: string | null): Fact[] {
  return reading.facts.flatMap(({ subject, aspect, value }) => {
    if (subject === 'number' && phoneNumberId === null) return [];
    const name =
      subject === 'account'
        ? 'account'
        : subject === 'number'
          ? `number:${phoneNumberId ?? ''}`
          : `template:${subject.template}`;
    return [{ subject: name, aspect, value, asOf: notice.occurred_at, tie: notice.dedupe_key }];
  });
}

/** Applies what is new, or everything when the account was connected anew. */
export async function applyAccountNotices(tx: Tx, news: AccountWithNews): Promise<void> {
  const account = { organizationId: news.organization_id, wabaId: news.waba_id };
  const notices = await listNotices(tx, news.waba_id, news.again);
  const numbers = notices.length === 0 ? [] : await listNumbers(tx, [news.waba_id]);
  for (const notice of notices) {
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
  tx.publish({ type: 'account.changed', agentId: null, assigneeId: null, data: { waba_id: news.waba_id } });
}

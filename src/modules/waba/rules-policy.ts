/** What Meta imposed on an account, as findings. Pure. */
import { listAt, numberAt, textAt, type Json } from '../../graph-api/json.ts';
import type { Finding } from './contract-health.ts';
import { finding } from './rules-health.ts';
import { severityOf } from './severity.ts';

/** The newest word on each aspect of the account itself. */
export type AccountWords = ReadonlyMap<string, Json>;

/** What Meta imposed on the account; aspects that it never spoke of are no finding. */
export function policyFindings(words: AccountWords, now: Date): Finding[] {
  return [banFinding(words), restrictionFinding(words, now), reviewFinding(words)].filter(
    (one) => one !== null,
  );
}

function banFinding(words: AccountWords): Finding | null {
  const state = textAt(words.get('ban'), 'state');
  if (state === null) return null;
  if (state === 'REINSTATE')
    return finding('ban', 'good', {
      title: 'The account was reinstated',
      detail: 'Meta has lifted the ban.',
    });
  const date = textAt(words.get('ban'), 'date');
  return finding('ban', 'critical', {
    title: state === 'DISABLE' ? 'Meta has disabled the account' : 'Meta is going to disable the account',
    detail: date === null ? 'It broke a rule of WhatsApp.' : `It broke a rule of WhatsApp. Date: ${date}.`,
    what_to_do: 'Open Business Support Home at Meta and ask for a review.',
  });
}

function restrictionFinding(words: AccountWords, now: Date): Finding | null {
  const all = listAt(words.get('restrictions'), 'restrictions');
  if (all === null) return null;
  const standing = all.filter((one) => {
    const ends = numberAt(one, 'expires_at');
    return ends === null || ends * 1000 > now.getTime();
  });
  if (standing.length === 0)
    return finding('restrictions', 'good', { title: 'No restrictions', detail: 'Earlier ones have ended.' });
  const names = standing.map((one) => restrictionWords(textAt(one, 'type') ?? ''));
  const remedy = standing.map((one) => textAt(one, 'remediation')).find((text) => text !== null) ?? null;
  return finding('restrictions', 'critical', {
    title: 'Meta has restricted the account',
    detail: names.join(' '),
    what_to_do:
      remedy ?? 'Open Business Support Home at Meta: it says why, until when, and how to ask for a review.',
  });
}

function restrictionWords(type: string): string {
  const known: Record<string, string> = {
    RESTRICTED_ADD_PHONE_NUMBER_ACTION: 'No numbers can be added.',
    RESTRICTED_BIZ_INITIATED_MESSAGING: 'You cannot write to customers first.',
    RESTRICTED_CUSTOMER_INITIATED_MESSAGING: 'You cannot answer customers.',
    RESTRICTED_UTILITY_TEMPLATES: 'Utility templates cannot be sent.',
    RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES: 'Utility messages cannot be sent directly.',
  };
  return (
    known[type] ??
    `${type
      .replace(/^RESTRICTED_/, '')
      .replaceAll('_', ' ')
      .toLowerCase()} is restricted.`
  );
}

function reviewFinding(words: AccountWords): Finding | null {
  const decision = textAt(words.get('review'), 'decision');
  if (decision === null) return null;
  const severity = severityOf({ APPROVED: 'good', REJECTED: 'critical', DEFERRED: 'warning' }, decision);
  const title = `Account review: ${decision.toLowerCase()}`;
  if (severity === 'good')
    return finding('review', severity, { title, detail: 'Meta has approved the account.' });
  return finding('review', severity, {
    title,
    detail:
      severity === 'info' ? 'Meta is still looking at the account.' : 'Meta did not approve the account.',
    what_to_do: severity === 'info' ? null : 'Open WhatsApp Manager: it says what is missing.',
  });
}

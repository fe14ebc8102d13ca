/**
 * What is right and wrong with an account, as sentences with what to do. Pure: what is known goes in, findings come out. Live findings
 * rest on what stands in the database; those of a check on what Meta and the network said when they were asked.
 */
import type { Finding } from './contract-health.ts';
import type { Severity } from './severity.ts';

type Words = Pick<Finding, 'title' | 'detail'> &
  Partial<Pick<Finding, 'what_to_do' | 'fix' | 'phone_number_id'>>;

export function finding(check: Finding['check'], severity: Severity, words: Words): Finding {
  return { check, severity, what_to_do: null, fix: null, phone_number_id: null, ...words };
}

const GRAVITY: readonly Severity[] = ['good', 'info', 'warning', 'critical'];

export function worstOf(findings: readonly Pick<Finding, 'severity'>[]): Severity {
  return findings.reduce<Severity>(
    (worst, { severity }) => (GRAVITY.indexOf(severity) > GRAVITY.indexOf(worst) ? severity : worst),
    'good',
  );
}

/** Whether anybody holds a grant that works. */
export type Connection = {
  live: boolean;
  disconnectedAt: Date | null;
  disconnectedBy: string | null;
  disconnectedReason: string | null;
  /** Of the live grant that lasts longest; null without end. */
  tokenExpiresAt: Date | null;
};

/** Why an account is not connected, in a sentence. Reasons as Meta names them, or the code of the refusal. */
export function describeDisconnection({ disconnectedBy, disconnectedReason: reason }: Connection): string {
  if (disconnectedBy === 'token') {
    const why: Record<string, string> = {
      '190/458': 'The business removed the app.',
      '190/460': 'The password of the Meta account was changed.',
      '190/463': 'The access token has expired.',
      '190/467': 'The access token was revoked.',
    };
    return why[reason ?? ''] ?? 'Meta no longer accepts the access token.';
  }
  const why: Record<string, string> = {
    PARTNER_REMOVED: 'The business ended the connection at Meta.',
    PARTNER_APP_UNINSTALLED: 'The business removed the app at Meta.',
    ACCOUNT_DELETED: 'The WhatsApp Business Account was deleted at Meta.',
    ACCOUNT_OFFBOARDED: 'The account was taken off the Cloud API.',
    ACCOUNT_DISCONNECTED: 'The business disconnected the account in the WhatsApp Business app.',
    BUSINESS_DOWNGRADE: 'The business went back to the WhatsApp app for private use.',
    CHANGE_NUMBER: 'The business changed its number in the WhatsApp Business app.',
    COMPANION_INACTIVITY: 'The connection was not used for about 30 days.',
    PRIMARY_INACTIVITY: 'The phone with the WhatsApp Business app was not used for about 14 days.',
    USER_RE_REGISTERED: 'The number was registered anew in the WhatsApp Business app.',
  };
  return why[reason ?? ''] ?? 'Nobody of your organization has connected it, or the connection ended.';
}

const DAY = 86_400_000;
/** Days before a token's end at which people are told. */
export const TOKEN_WARNINGS = [14, 7, 3, 1] as const;

/** Whole days that are left, never negative. */
export function daysLeft(until: Date, now: Date): number {
  return Math.max(0, Math.floor((until.getTime() - now.getTime()) / DAY));
}

/** The warning that is due: the smallest number of days that the token is within; 0 when it is over, null when it is early. */
export function decideTokenWarning(expiresAt: Date, now: Date): number | null {
  const left = expiresAt.getTime() - now.getTime();
  if (left <= 0) return 0;
  return TOKEN_WARNINGS.filter((days) => left <= days * DAY).at(-1) ?? null;
}

export function connectionFindings(connection: Connection, now: Date): Finding[] {
  if (!connection.live)
    return [
      finding('connection', 'critical', {
        title: 'Sending is paused',
        detail: `${describeDisconnection(connection)} Messages that are written now wait.`,
        what_to_do: 'Connect the account again. What waits leaves by itself then.',
        fix: 'connect',
      }),
    ];
  return [
    finding('connection', 'good', { title: 'Connected', detail: 'Messages can be sent with a good token.' }),
    tokenFinding(connection.tokenExpiresAt, now),
  ];
}

function tokenFinding(expiresAt: Date | null, now: Date): Finding {
  if (expiresAt === null)
    return finding('token', 'good', {
      title: 'The token does not end',
      detail: 'Nothing has to be renewed.',
    });
  const warning = decideTokenWarning(expiresAt, now);
  const days = daysLeft(expiresAt, now);
  if (warning === null)
    return finding('token', 'good', {
      title: `The token is good for ${String(days)} days`,
      detail: 'You are told 14, 7, 3 and 1 days before it ends.',
    });
  const renew = { what_to_do: 'Connect the account again to get a new token.', fix: 'connect' as const };
  if (warning === 0)
    return finding('token', 'critical', {
      title: 'The token has ended',
      detail: 'Meta takes no more messages with it.',
      ...renew,
    });
  const left = days === 0 ? 'within a day' : days === 1 ? 'in one day' : `in ${String(days)} days`;
  return finding('token', warning <= 3 ? 'critical' : 'warning', {
    title: `The token ends ${left}`,
    detail: 'After that nothing can be sent until somebody connects the account again.',
    ...renew,
  });
}

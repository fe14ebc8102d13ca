/** What a check of an account found out from Meta and from the network, as findings. Pure. */
import type { Finding } from './contract-health.ts';
import { finding } from './rules-health.ts';

/** What Meta answered about the account, or why it did not. */
export type AccountReading =
  | { failed: string }
  | {
      /** Whether our app gets the account's webhooks, and where messages go instead of the app's address. */
      subscription: { override: string | null } | null;
      /** Permissions of the token; null when they could not be asked. */
      scopes: string[] | null;
      numbers: { id: string; name: string; override: string | null }[];
    };

/** What came of asking our own address from outside. */
export type EndpointReading = {
  url: string;
  isLocal: boolean;
  address: 'ok' | 'unreachable' | 'foreign';
  /** `unknown` without an app secret, or when the address was not reached. */
  secret: 'ok' | 'refused' | 'unknown';
};

const NEEDED_SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging'];

export function readingFindings(reading: AccountReading, ours: readonly string[]): Finding[] {
  if ('failed' in reading)
    return [
      finding('subscription', 'warning', {
        title: 'Meta could not be asked',
        detail: reading.failed,
        what_to_do: 'Run the check again in a moment. If this lasts, connect the account again.',
      }),
    ];
  return [
    ...subscriptionFindings(reading.subscription, ours),
    ...scopeFindings(reading.scopes),
    ...reading.numbers.flatMap((number) => numberOverrideFindings(number, ours)),
  ];
}

function subscriptionFindings(
  subscription: { override: string | null } | null,
  ours: readonly string[],
): Finding[] {
  if (subscription === null)
    return [
      finding('subscription', 'critical', {
        title: 'The app is not subscribed',
        detail: 'Meta sends no messages of this account here.',
        what_to_do: 'Subscribe the app to the account.',
        fix: 'subscribe',
      }),
    ];
  const subscribed = finding('subscription', 'good', {
    title: 'The app is subscribed',
    detail: 'Meta sends messages of this account to the app.',
  });
  const { override } = subscription;
  if (override === null || ours.includes(override))
    return [
      subscribed,
      finding('override', 'good', {
        title: override === null ? 'Messages go to the app’s own address' : 'Messages go to this install',
        detail: override ?? 'Nothing overrides it for this account.',
      }),
    ];
  return [
    subscribed,
    finding('override', 'critical', {
      title: 'Messages go somewhere else',
      detail: `The account overrides the callback with ${override}.`,
      what_to_do: 'Have Meta deliver this account’s messages here.',
      fix: 'override',
    }),
  ];
}

function scopeFindings(scopes: string[] | null): Finding[] {
  if (scopes === null) return [];
  const missing = NEEDED_SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length === 0)
    return [finding('scopes', 'good', { title: 'The token has all permissions', detail: scopes.join(', ') })];
  return [
    finding('scopes', 'critical', {
      title: 'The token lacks a permission',
      detail: `Missing: ${missing.join(', ')}.`,
      what_to_do: 'Connect the account again and grant every permission that is asked for.',
      fix: 'connect',
    }),
  ];
}

function numberOverrideFindings(
  { id, name, override }: { id: string; name: string; override: string | null },
  ours: readonly string[],
): Finding[] {
  if (override === null || ours.includes(override)) return [];
  return [
    finding('override', 'critical', {
      title: `Messages of ${name} go somewhere else`,
      detail: `The number overrides the callback with ${override}.`,
      what_to_do: 'Have Meta deliver this number’s messages here.',
      fix: 'override',
      phone_number_id: id,
    }),
  ];
}

export function endpointFindings(endpoint: EndpointReading): Finding[] {
  return [httpsFinding(endpoint), addressFinding(endpoint), secretFinding(endpoint)].filter(
    (one) => one !== null,
  );
}

function httpsFinding({ url, isLocal }: EndpointReading): Finding {
  if (url.startsWith('https://'))
    return finding('https', 'good', { title: 'The public address uses https', detail: url });
  if (isLocal)
    return finding('https', 'info', {
      title: 'The public address is this machine',
      detail: 'Good enough for the simulator. Meta itself delivers only to a public https address.',
    });
  return finding('https', 'critical', {
    title: 'The public address does not use https',
    detail: 'Meta delivers webhooks only to https with a valid certificate.',
    what_to_do: 'Put the server behind https and set PUBLIC_URL to that address.',
  });
}

function addressFinding({ url, address }: EndpointReading): Finding {
  if (address === 'ok')
    return finding('address', 'good', { title: 'The webhook address answers', detail: url });
  if (address === 'unreachable')
    return finding('address', 'critical', {
      title: 'The webhook address does not answer',
      detail: `${url} could not be reached within five seconds.`,
      what_to_do:
        'Check that the server runs, that PUBLIC_URL is right, and that nothing on the way blocks it.',
    });
  return finding('address', 'critical', {
    title: 'The webhook address is not this install',
    detail: `${url} answered, but not with our verify token.`,
    what_to_do: 'Check PUBLIC_URL and the proxy before the server: another program answers there.',
  });
}

function secretFinding({ secret }: EndpointReading): Finding | null {
  if (secret === 'unknown') return null;
  if (secret === 'ok')
    return finding('secret', 'good', {
      title: 'A signed delivery arrives',
      detail: 'A test delivery, signed with the app secret, was taken through the public address.',
    });
  return finding('secret', 'critical', {
    title: 'Signed deliveries are refused',
    detail: 'A test delivery, signed with the configured app secret, was not taken at the public address.',
    what_to_do:
      'Check that every process has the same app secret, that PUBLIC_URL leads to this install, and that nothing on the way changes bodies or headers.',
  });
}

/** Longer without a word from a customer is worth a look. */
const QUIET_DAYS = 7;

export function trafficFinding(
  number: { id: string; name: string },
  lastInboundAt: Date | null,
  now: Date,
): Finding {
  if (lastInboundAt === null)
    return finding('traffic', 'info', {
      title: `${number.name}: no message yet`,
      detail: 'Nobody has written to this number since it was connected.',
      phone_number_id: number.id,
    });
  const days = Math.floor((now.getTime() - lastInboundAt.getTime()) / 86_400_000);
  const isQuiet = days >= QUIET_DAYS;
  return finding('traffic', isQuiet ? 'info' : 'good', {
    title: isQuiet ? `${number.name}: quiet for ${String(days)} days` : `${number.name} receives messages`,
    detail: `The last message of a customer came at ${lastInboundAt.toISOString()}.`,
    phone_number_id: number.id,
  });
}

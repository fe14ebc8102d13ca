/** How well a number is, as findings. Pure. */
import type { Finding } from './contract-health.ts';
import type { NumberMode } from './contract-numbers.ts';
import { finding } from './rules-health.ts';
import { severityOf } from './severity.ts';

/** A number as it stands in the database. */
export type NumberState = {
  phone_number_id: string;
  display_phone_number: string;
  quality_rating: string | null;
  status: string;
  name_status: string | null;
  platform_type: string | null;
  gone_at: Date | null;
};

export function numberFindings(number: NumberState): Finding[] {
  const about = { phone_number_id: number.phone_number_id };
  const name = number.display_phone_number;
  if (number.gone_at !== null)
    return [
      finding('number_status', 'critical', {
        ...about,
        title: `${name} is no longer in the account`,
        detail:
          'Meta does not list it any more. Conversations stay, but nothing comes in and nothing leaves.',
        what_to_do: 'Add the number in WhatsApp Manager, or connect the account that it moved to.',
        fix: 'refresh',
      }),
    ];
  const found = [registrationFinding(number), qualityFinding(number), nameFinding(number)];
  return found.filter((one) => one !== null).map((one) => ({ ...one, ...about }));
}

function registrationFinding({
  display_phone_number: name,
  status,
  platform_type: platform,
}: NumberState): Finding {
  // Before the first look at Meta the platform is not known: then only the status speaks.
  if (status === 'CONNECTED' && platform !== 'NOT_APPLICABLE')
    return finding('registration', 'good', {
      title: `${name} is registered`,
      detail: 'It can send and receive.',
    });
  if (['PENDING', 'DISCONNECTED', 'UNVERIFIED', 'MIGRATED'].includes(status) || platform === 'NOT_APPLICABLE')
    return finding('registration', 'critical', {
      title: `${name} is not registered`,
      detail: `Meta says ${status}: the number cannot send or receive on the Cloud API.`,
      what_to_do: 'Register the number.',
      fix: 'register',
    });
  const severity = severityOf(
    {
      BANNED: 'critical',
      DELETED: 'critical',
      RESTRICTED: 'critical',
      RATE_LIMITED: 'warning',
      FLAGGED: 'warning',
    },
    status,
  );
  return finding('number_status', severity, {
    title: `${name}: ${status.toLowerCase().replaceAll('_', ' ')}`,
    detail:
      severity === 'info'
        ? 'Meta does not say that anything is wrong.'
        : 'Meta limits what this number may do.',
    what_to_do: severity === 'info' ? null : 'Open WhatsApp Manager: it says why and until when.',
    fix: 'refresh',
  });
}

function qualityFinding({
  display_phone_number: name,
  quality_rating: quality,
}: NumberState): Finding | null {
  if (quality === null || quality === 'UNKNOWN' || quality === 'NA') return null;
  const severity = severityOf({ GREEN: 'good', YELLOW: 'warning', RED: 'critical' }, quality);
  return finding('quality', severity, {
    title: `${name}: quality ${quality.toLowerCase()}`,
    detail:
      severity === 'good'
        ? 'Customers rarely block or report it.'
        : 'Customers blocked or reported it lately.',
    what_to_do:
      severity === 'good'
        ? null
        : 'Write only to people who expect it, and make it easy to ask for no more messages.',
    fix: severity === 'good' ? null : 'refresh',
  });
}

function nameFinding({ display_phone_number: name, name_status: status }: NumberState): Finding | null {
  if (status !== 'REJECTED' && status !== 'DECLINED' && status !== 'EXPIRED') return null;
  return finding('name', 'warning', {
    title: `${name}: the display name was not accepted`,
    detail: `Meta says ${status}. Customers see the number instead of a name.`,
    what_to_do: 'Choose another display name in WhatsApp Manager.',
    fix: 'refresh',
  });
}

/** The database knows two modes; the text column says which. */
export function numberMode(mode: string): NumberMode {
  return mode === 'central' ? 'central' : 'dedicated';
}

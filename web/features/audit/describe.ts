/** Audit events as sentences. An action without words of its own shows as it is called. */
import type { Audited } from './queries.ts';

const WORDS: Record<string, string> = {
  'configuration.created': 'entered the organization’s own Meta app',
  'configuration.changed': 'changed the credentials',
  'configuration.revealed': 'looked at the credentials in plain text',
  'configuration.activated': 'switched the credentials on',
  'configuration.deactivated': 'switched the credentials off',
  'configuration.deleted': 'deleted the credentials',
  'configuration.restored': 'restored the credentials',
  'number.registered': 'registered the number',
  'number.pin-changed': 'changed the two-step PIN of the number',
  'number.pin-shown': 'looked at the two-step PIN of the number',
  'number.changed': 'changed how a number routes messages',
  'answering.changed': 'changed the number they answer on',
  'answering.ended': 'stopped answering on a number',
  'number.assigned': 'decided who answers on a number',
  'account.mended': 'mended a finding about a WhatsApp account',
  'number.confirmed': 'proved the number with a test of the credentials',
  'account.password-changed': 'changed their password',
  'account.password-reset': 'set a new password by a link',
  'account.second-factor-on': 'turned a second factor on',
  'account.second-factor-off': 'turned a second factor off',
  'account.recovery-codes-renewed': 'made new recovery codes',
  'account.link-shown': 'made a link to an account, to hand it over',
  'account.connected': 'connected a WhatsApp account',
  'account.disconnected': 'disconnected a WhatsApp account',
  'install.configurations-deleted': 'deleted the credentials of all organizations',
  'install.configuration-deleted': 'deleted the credentials of an organization',
  'install.configuration-restored': 'restored the credentials of an organization',
  'triage.assigned': 'assigned somebody who waited in triage',
  'organization.automatic-messages-changed': 'changed the automatic messages',
  'triage.dismissed': 'put senders in triage aside',
  'triage.blocked': 'blocked senders in triage',
  'triage.waiting': 'took senders back to triage',
  'conversation.assigned': 'decided who else answers a conversation',
  'conversation.handed-over': 'handed a customer over to a colleague',
  'conversation.blocked': 'blocked a sender',
  'conversation.unblocked': 'unblocked a sender',
  'customer.merged': 'made one customer of two who turned out to be the same person',
  'quarantine.replayed': 'let what is in quarantine be tried again',
  'install.webhook-revealed': 'looked at the install’s verify token',
};

/** Who it was, for people. */
export function actorOf({ actor, user }: Audited): string {
  if (actor === 'admin') return 'An administrator of this install';
  if (actor === 'worker') return 'Switchboard';
  return user?.name ?? 'Somebody who has left';
}

/** What they did: `entered the organization’s own Meta app`. */
export function deedOf({ action, subject }: Audited): string {
  const words = WORDS[action] ?? action.replace('.', ': ').replaceAll(/[-_]/gu, ' ');
  return subject.name ? `${words} (${subject.name})` : words;
}

/** What else is known, in a few words; empty for nothing. */
export function detailsOf({ details, via, organization }: Audited): string {
  const parts = Object.entries(details).map(([name, value]) => {
    const shown = Array.isArray(value) ? value.join(', ') : String(value);
    return `${name.replaceAll('_', ' ')}: ${shown}`;
  });
  return [
    ...(organization ? [organization.name ?? organization.id] : []),
    ...parts,
    ...(via === 'api_key' ? ['by API key'] : []),
  ].join(' · ');
}

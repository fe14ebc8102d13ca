/** What Switchboard wrote by itself to somebody: as Meta got it, and as time passes. */
import { queryAsAdmin } from './admin-query.ts';
import type { TestSwitchboard } from './switchboard.ts';

export type SentRow = {
  kind: string;
  text: string;
  request: { to?: string; recipient?: string; interactive?: { action: { sections: { rows: ListRow[] }[] } } };
  state: string;
  agent_id: string | null;
};
export type ListRow = { id: string; title: string; description?: string };

/** Every automatic message that one of the organization's numbers wrote to this phone or user id, oldest first. */
export function sentTo(
  { database }: TestSwitchboard,
  phoneNumberId: string,
  address: string,
): Promise<SentRow[]> {
  return queryAsAdmin<SentRow>(
    database,
    `SELECT m.payload ->> 'automatic' AS kind, m.message AS text, o.request, o.state, o.agent_id
     FROM outbox o JOIN messages m ON m.id = o.message_id
     WHERE o.user_id IS NULL AND o.phone_number_id = $1 AND $2 IN (ltrim(o.request ->> 'to', '+'), o.request ->> 'recipient')
     ORDER BY o.position`,
    [phoneNumberId, address],
  );
}

/** The kinds of those. */
export async function kindsSentTo(
  switchboard: TestSwitchboard,
  phoneNumberId: string,
  address: string,
): Promise<string[]> {
  return (await sentTo(switchboard, phoneNumberId, address)).map(({ kind }) => kind);
}

/** As if so many hours had passed since the organization's automatic messages. */
export async function passHours(
  { database }: TestSwitchboard,
  organizationId: string,
  hours: number,
): Promise<void> {
  await queryAsAdmin(
    database,
    'UPDATE automatic_sends SET sent_at = sent_at - make_interval(hours => $2) WHERE organization_id = $1',
    [organizationId, hours],
  );
}

/**
 * A call stands in the thread as one notice, whatever happened to it in whatever order: every event is kept in the notice's content.
 * A call of the customer opens the window like a message (Cloud API, "customer service windows").
 */
import { numberAt, secondsAt, textAt, type Json } from '../../graph-api/json.ts';
import { cleanText } from '../../graph-api/webhook/clean-text.ts';
import { partyOf } from '../../graph-api/webhook/match-contact.ts';
import { readIdentity } from '../../graph-api/webhook/read-identity.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { noteCallEvent, recordArrival } from '../conversations/record-message.ts';
import { claimPlace } from './claim-place.ts';
import { PoisonedItem } from './rules.ts';
import type { ReceivedItem } from './receive-message.ts';
import type { MessageOutcome } from './store-message.ts';

const LONGEST_ID = 512;

/** Throws PoisonedItem. */
export async function receiveCall(tx: Tx, item: ReceivedItem): Promise<MessageOutcome> {
  const { value } = item;
  const id = textAt(value, 'id');
  const event = textAt(value, 'event') ?? textAt(value, 'status');
  if (id === null || id.length > LONGEST_ID || event === null)
    throw new PoisonedItem('The call has no id or no event.');
  const isOurs = textAt(value, 'direction') === 'BUSINESS_INITIATED' || textAt(value, 'type') === 'call';
  const at = secondsAt(value, 'timestamp');
  const party = partyOf(textAt(value, 'type') === 'call' ? 'statuses' : 'calls', value);
  const told = { identity: readIdentity(party, item.contact), at };
  const wamid = cleanText(id);
  const happened = { [cleanText(event).slice(0, 50)]: detailsOf(value, at) };
  const place = await claimPlace(tx, item, { wamid, told });
  const key = { organizationId: item.organizationId, phoneNumberId: item.number.phoneNumberId, wamid };
  if (!place)
    return (await noteCallEvent(tx, key, { events: happened, at, opensWindow: !isOurs }))
      ? 'done'
      : 'duplicate';
  await recordArrival(
    tx,
    {
      ...place,
      type: 'call',
      text: '',
      payload: { events: happened },
      file: null,
      direction: isOurs ? 'outbound' : 'inbound',
      status: isOurs ? 'sent' : 'received',
      timestamp: at,
    },
    { isUnread: !isOurs, opensWindow: !isOurs, isAnnounced: true },
  );
  return 'done';
}

/** What is worth reading of an event; the session's description is for the machines that talk. */
function detailsOf(value: Json, at: Date | null): Record<string, unknown> {
  const duration = numberAt(value, 'duration');
  const status = textAt(value, 'status');
  return {
    at: at?.toISOString() ?? null,
    ...(duration === null ? {} : { seconds: duration }),
    ...(status === null ? {} : { status: cleanText(status).slice(0, 50) }),
  };
}

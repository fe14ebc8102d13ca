/** What all parts of one change of a delivery have in common: which account, which number, whose contacts. Pure; never throws. */
import { idAt, listAt, objectAt, secondsAt, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { WebhookField } from './delivery-types.ts';
import { bookOf, onlyContactOf, type ContactBook } from './match-contact.ts';

/** What the parts of one change have in common. */
export type Source = {
  field: WebhookField;
  entryId: string | null;
  entryTime: string | null;
  occurredAt: Date | null;
  wabaId: string | null;
  phoneNumberId: string | null;
  displayPhoneNumber: string | null;
  contacts: ContactBook;
  onlyContact: JsonObject | null;
};

/** Every item repeats them, so they are as short as Meta's are; a longer one is none. */
const LONGEST_ID = 100;

function shortIdAt(value: Json | undefined, key: string): string | null {
  const id = idAt(value, key);
  return id !== null && id.length <= LONGEST_ID ? id : null;
}

export function sourceOf(entry: Json, field: string, value: Json, content: Json = value): Source {
  const metadata = objectAt(value, 'metadata') ?? objectAt(content, 'metadata') ?? undefined;
  const recipient = objectAt(value, 'recipient') ?? undefined;
  const settings = objectAt(value, 'phone_number_settings') ?? undefined;
  const contacts = bookOf(listAt(content, 'contacts') ?? listAt(value, 'contacts'));
  return {
    field,
    entryId: shortIdAt(entry, 'id'),
    entryTime: shortIdAt(entry, 'time'),
    occurredAt: secondsAt(entry, 'time'),
    wabaId: wabaIdOf(field, shortIdAt(entry, 'id'), value),
    phoneNumberId:
      shortIdAt(metadata, 'phone_number_id') ??
      shortIdAt(recipient, 'phone_number_id') ??
      shortIdAt(settings, 'phone_number_id'),
    displayPhoneNumber:
      shortIdAt(metadata, 'display_phone_number') ??
      shortIdAt(recipient, 'display_phone_number') ??
      shortIdAt(value, 'display_phone_number'),
    contacts,
    onlyContact: onlyContactOf(contacts),
  };
}

/** Events about a partner carry the partner's portfolio in `entry.id`; the account, if any, stands in `waba_info`. */
function wabaIdOf(field: string, entryId: string | null, value: Json): string | null {
  const named = shortIdAt(objectAt(value, 'waba_info') ?? undefined, 'waba_id');
  if (named !== null) return named;
  const aboutPartner =
    field === 'partner_solutions' || textAt(value, 'event')?.startsWith('PARTNER_') === true;
  return aboutPartner ? null : entryId;
}

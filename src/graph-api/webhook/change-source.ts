/** What all parts of one change of a delivery have in common: which account, which number, whose contacts. Pure; never throws. */
import { idAt, listAt, objectAt, secondsAt, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import type { WebhookField } from './delivery-types.ts';

/** What the parts of one change have in common. */
export type Source = {
  field: WebhookField;
  entryId: string | null;
  entryTime: string | null;
  occurredAt: Date | null;
  wabaId: string | null;
  phoneNumberId: string | null;
  displayPhoneNumber: string | null;
  contacts: Json[] | null;
};

export function sourceOf(entry: Json, field: string, value: Json, content: Json = value): Source {
  const metadata = objectAt(value, 'metadata') ?? objectAt(content, 'metadata') ?? undefined;
  const recipient = objectAt(value, 'recipient') ?? undefined;
  const settings = objectAt(value, 'phone_number_settings') ?? undefined;
  return {
    field,
    entryId: idAt(entry, 'id'),
    entryTime: idAt(entry, 'time'),
    occurredAt: secondsAt(entry, 'time'),
    wabaId: wabaIdOf(field, idAt(entry, 'id'), value),
    phoneNumberId:
      idAt(metadata, 'phone_number_id') ??
      idAt(recipient, 'phone_number_id') ??
      idAt(settings, 'phone_number_id'),
    displayPhoneNumber:
      idAt(metadata, 'display_phone_number') ??
      idAt(recipient, 'display_phone_number') ??
      idAt(value, 'display_phone_number'),
    contacts: listAt(content, 'contacts') ?? listAt(value, 'contacts'),
  };
}

/** Events about a partner carry the partner's portfolio in `entry.id`; the account, if any, stands in `waba_info`. */
function wabaIdOf(field: string, entryId: string | null, value: Json): string | null {
  const named = idAt(objectAt(value, 'waba_info') ?? undefined, 'waba_id');
  if (named !== null) return named;
  const aboutPartner =
    field === 'partner_solutions' || textAt(value, 'event')?.startsWith('PARTNER_') === true;
  return aboutPartner ? null : entryId;
}

/**
 * Names under which two deliveries of the same thing are known to be the same.
 * Must stay true: the same in every batch, order and repetition; never of foreign length or with characters that a
 * database refuses; different things never share one. So every key is a word and a digest.
 */
import { createHash } from 'node:crypto';
import { idAt, isJsonObject, textAt } from '../json.ts';
import type { Json } from '../json.ts';

/** `message:…`, 43 characters of base64url after the word. */
function keyOf(word: string, parts: readonly (string | number | null)[]): string {
  return `${word}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}

/** One message of one number, in whatever field it comes. */
export function messageKey(phoneNumberId: string | null, wamid: string): string {
  return keyOf('message', [phoneNumberId, wamid]);
}

export function echoKey(phoneNumberId: string | null, wamid: string): string {
  return keyOf('echo', [phoneNumberId, wamid]);
}

/** One step of one message for one recipient; in a group every participant has steps of their own. */
export function statusKey(phoneNumberId: string | null, status: Json): string {
  const recipient = idAt(status, 'recipient_id') ?? idAt(status, 'recipient_user_id');
  const participant =
    idAt(status, 'recipient_participant_id') ??
    idAt(status, 'participant_recipient_id') ??
    idAt(status, 'recipient_participant_user_id');
  const parts = [
    textAt(status, 'id'),
    textAt(status, 'type'),
    textAt(status, 'status'),
    recipient,
    participant,
  ];
  return keyOf('status', [phoneNumberId, ...parts]);
}

/** One event of one call. */
export function callKey(phoneNumberId: string | null, call: Json): string | null {
  const id = textAt(call, 'id');
  const event = textAt(call, 'event') ?? textAt(call, 'status');
  return id === null || event === null ? null : keyOf('call', [phoneNumberId, id, event]);
}

/** What has no id of its own: the account, the time, the field and everything that was said. */
export function contentKey(
  source: { entryId: string | null; entryTime: string | number | null; phoneNumberId: string | null },
  field: string,
  value: Json,
): string {
  return keyOf('notice', [
    source.entryId,
    source.entryTime,
    source.phoneNumberId,
    field,
    canonicalJson(value),
  ]);
}

/** JSON with the keys of every object sorted: Meta does not keep their order. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

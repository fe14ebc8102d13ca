/** Makes ids in Meta's shapes: numeric object ids, wamids, business-scoped user ids, tokens. */
import { createHash, randomBytes, randomInt } from 'node:crypto';

import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** A numeric object id of 15 digits (WABA, phone number, media, template …). */
export function objectId(): string {
  return `${randomInt(1, 10)}${String(randomInt(0, 1e7)).padStart(7, '0')}${String(randomInt(0, 1e7)).padStart(7, '0')}`;
}

/**
 * A message id in the layout seen in real ones: base64 of 0x1C18, the length and digits of the customer's number,
 * 0x1502 00, 0x11 (outbound) or 0x12 (inbound), 0x18, the length and text of a hex id, 00. Treat it as opaque.
 */
export function messageId(customer: string, direction: 'outbound' | 'inbound'): string {
  const who = Buffer.from(customer.slice(0, 120), 'latin1');
  const hex = Buffer.from(randomBytes(10).toString('hex').toUpperCase(), 'latin1');
  const kind = direction === 'outbound' ? 0x11 : 0x12;
  const bytes = Buffer.concat([
    Buffer.from([0x1c, 0x18, who.length]),
    who,
    Buffer.from([0x15, 0x02, 0x00, kind, 0x18, hex.length]),
    hex,
    Buffer.from([0x00]),
  ]);
  return `wamid.${bytes.toString('base64')}`;
}

/** The user id of a person within one business portfolio: stable, and different in every portfolio. */
export function derivedUserId(businessId: string, customerKey: string): string {
  const country = parsePhoneNumberFromString(`+${customerKey}`)?.country ?? 'US';
  const digest = createHash('sha256').update(`${businessId}:${customerKey}`).digest();
  const digits = digest.readBigUInt64BE(0).toString().padStart(20, '7').slice(0, 20);
  return `${country}.${digits}`;
}

/** A number as the Graph API shows it: "+49 30 5550 0142". */
export function formatNumber(digits: string): string {
  return parsePhoneNumberFromString(`+${digits}`)?.formatInternational() ?? `+${digits}`;
}

export function accessToken(): string {
  return `EAA${randomBytes(60).toString('base64url').replace(/[-_]/g, 'Z')}`;
}

export function oauthCode(): string {
  return `AQ${randomBytes(60).toString('base64url')}`;
}

/** The trace id in Graph errors. */
export function traceId(): string {
  return `A${randomBytes(15).toString('base64url')}`;
}

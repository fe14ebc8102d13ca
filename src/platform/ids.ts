/** Identifiers that this program makes itself. Whatever grants access is random alone; row ids also sort by time. */
import { randomBytes } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A UUID of version 7 (RFC 9562): rows made later sort later, to the millisecond. */
export function newId(milliseconds: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Whether PostgreSQL would read the text as the UUID that it is, in the form with four hyphens. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** An unguessable text for links, states and keys: 256 random bits, safe in URLs. */
export function newToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

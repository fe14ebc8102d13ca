/**
 * Secrets at rest: AES-256-GCM, bound to the table, row and column in which they stand, so that a ciphertext that was
 * moved elsewhere does not decrypt. Text form: `enc_v1:<key id>:<base64url of nonce, ciphertext, tag>`.
 * A nonce is random: one key must not seal more than 2^32 secrets (NIST SP 800-38D, 8.3).
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const VERSION = 'enc_v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where a secret stands. The row id must never change while the secret stays. */
export type SecretPlace = { table: string; rowId: string; column: string };

export type SecretFault = 'malformed' | 'unknown_key' | 'not_authentic';

const WORDS: Record<SecretFault, string> = {
  malformed: 'is not in the form in which secrets are kept',
  unknown_key:
    'was encrypted with a key that ENCRYPTION_KEY does not list; add the older key after the newest',
  not_authentic: 'was changed, or belongs to another row or column',
};

/** A stored secret cannot be read. The message names its place, never its content. */
export class SecretUnreadable extends Error {
  readonly reason: SecretFault;

  constructor(reason: SecretFault, place: SecretPlace) {
    super(`The secret in ${place.table}.${place.column} of row ${place.rowId} ${WORDS[reason]}.`);
    this.name = 'SecretUnreadable';
    this.reason = reason;
  }
}

/** Seals with the newest key and opens with any of its keys. */
export class SecretBox {
  readonly #newestId: string;
  readonly #keys = new Map<string, Buffer>();

  /** @param keys 32 bytes each, newest first */
  constructor(keys: readonly Buffer[]) {
    for (const key of keys) {
      if (key.length !== KEY_BYTES) throw new Error('An encryption key must have 32 bytes.');
      this.#keys.set(keyId(key), Buffer.from(key));
    }
    const [newest] = this.#keys.keys();
    if (newest === undefined) throw new Error('At least one encryption key is needed.');
    this.#newestId = newest;
  }

  /** Encrypts for one place. Sealing the same text twice gives two different results. */
  seal(plaintext: string, place: SecretPlace): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.#newestId, place), nonce, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(boundTo(this.#newestId, place));
    const sealed = Buffer.concat([
      nonce,
      cipher.update(plaintext, 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `${VERSION}:${this.#newestId}:${sealed.toString('base64url')}`;
  }

  /**
   * Decrypts what `seal` made for the same place.
   * @throws SecretUnreadable
   */
  open(text: string, place: SecretPlace): string {
    const { id, sealed } = parse(text, place);
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key(id, place), nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(boundTo(id, place));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      throw new SecretUnreadable('not_authentic', place);
    }
  }

  /** Names the key that seals; it stands in every text that it sealed. */
  get newestKeyId(): string {
    return this.#newestId;
  }

  /** Whether there are older keys, whose secrets are to be sealed anew. */
  get hasOlderKeys(): boolean {
    return this.#keys.size > 1;
  }

  #key(id: string, place: SecretPlace): Buffer {
    const key = this.#keys.get(id);
    if (key === undefined) throw new SecretUnreadable('unknown_key', place);
    return key;
  }
}

/** Tells keys apart without saying anything about them. */
function keyId(key: Buffer): string {
  return createHash('sha256').update('switchboard key id\0').update(key).digest('hex').slice(0, 12);
}

/** An unambiguous text of the place: JSON keeps `a|b` + `c` apart from `a` + `b|c`. */
function boundTo(id: string, place: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([VERSION, id, place.table, place.rowId, place.column]), 'utf8');
}

/** Only the one canonical spelling is accepted: base64 decoders forgive what an attacker could vary. */
function parse(text: string, place: SecretPlace): { id: string; sealed: Buffer } {
  const match = /^enc_v1:([0-9a-f]{12}):([\w-]+)$/.exec(text);
  const [, id = '', encoded = ''] = match ?? [];
  const sealed = Buffer.from(encoded, 'base64url');
  if (sealed.length < NONCE_BYTES + TAG_BYTES || sealed.toString('base64url') !== encoded) {
    throw new SecretUnreadable('malformed', place);
  }
  return { id, sealed };
}

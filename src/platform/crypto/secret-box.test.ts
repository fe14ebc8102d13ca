import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretBox, SecretUnreadable } from './secret-box.ts';
import type { SecretPlace } from './secret-box.ts';

const older = randomBytes(32);
const newer = randomBytes(32);
const box = new SecretBox([newer, older]);
const place: SecretPlace = { table: 'waba_accounts', rowId: '0199-a', column: 'access_token' };
const anyPlace = fc.record({ table: fc.string(), rowId: fc.string(), column: fc.string() });

/** Why a text cannot be read at a place. */
function reasonOf(reader: SecretBox, text: string, at: SecretPlace): string {
  try {
    reader.open(text, at);
  } catch (error) {
    if (error instanceof SecretUnreadable) return error.reason;
    throw error;
  }
  return 'readable';
}

describe('a sealed secret', () => {
  it('opens where it was sealed, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), anyPlace, (text, at) => {
        expect(box.open(box.seal(text, at), at)).toBe(text);
      }),
    );
  });

  it('says its form and key, shows nothing, and differs each time', () => {
    const texts = [box.seal('canary-token', place), box.seal('canary-token', place)];
    expect(texts[0]).toMatch(/^enc_v1:[0-9a-f]{12}:[\w-]+$/);
    expect(texts[0]).not.toBe(texts[1]);
    const decoded = texts.map((text) =>
      Buffer.from(text.split(':')[2] ?? '', 'base64url').toString('latin1'),
    );
    expect([...texts, ...decoded].join()).not.toContain('canary');
  });

  it('does not open in another row, column or table', () => {
    fc.assert(
      fc.property(fc.string(), anyPlace, anyPlace, (text, from, to) => {
        fc.pre(JSON.stringify(from) !== JSON.stringify(to));
        expect(reasonOf(box, box.seal(text, from), to)).toBe('not_authentic');
      }),
    );
  });

  it('does not confuse places whose parts run together', () => {
    const sealed = box.seal('x', { table: 'a', rowId: 'b","c', column: 'd' });
    expect(reasonOf(box, sealed, { table: 'a', rowId: 'b', column: 'c","d' })).toBe('not_authentic');
  });

  it('does not open when any one bit was changed', () => {
    const sealed = box.seal('EAAcanary', place);
    const front = sealed.slice(0, sealed.lastIndexOf(':') + 1);
    const bytes = Buffer.from(sealed.slice(front.length), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(reasonOf(box, front + flipped.toString('base64url'), place)).toBe('not_authentic');
    }
  });

  it('is refused as malformed in any other spelling, cut or empty', () => {
    const sealed = box.seal('EAAcanary', place);
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), (length) => {
        expect(reasonOf(box, sealed.slice(0, length), place)).not.toBe('readable');
      }),
    );
    for (const text of [
      '',
      'EAAplain',
      `${sealed}=`,
      ` ${sealed}`,
      sealed.replace('enc_v1', 'enc_v2'),
      `${sealed}:`,
    ]) {
      expect(reasonOf(box, text, place), text).toBe('malformed');
    }
  });

  it('never throws anything but SecretUnreadable for foreign text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(reasonOf(box, text, place)).toBe('malformed');
      }),
    );
  });
});

describe('several keys', () => {
  it('open what any of them sealed, and seal with the newest', () => {
    const old = new SecretBox([older]).seal('token', place);
    expect(box.open(old, place)).toBe('token');
    expect([old, box.seal('token', place)].map((text) => text.split(':')[1] === box.newestKeyId)).toEqual([
      false,
      true,
    ]);
    expect([box.hasOlderKeys, new SecretBox([newer, newer]).hasOlderKeys]).toEqual([true, false]);
    expect(reasonOf(new SecretBox([older]), box.seal('token', place), place)).toBe('unknown_key');
  });

  it('say which key is missing without showing a secret', () => {
    const sealed = new SecretBox([randomBytes(32)]).seal('canary-token', place);
    expect(() => box.open(sealed, place)).toThrow(
      'The secret in waba_accounts.access_token of row 0199-a was encrypted with a key that ENCRYPTION_KEY does not list',
    );
  });

  it('must be 32 bytes long, and at least one', () => {
    expect(() => new SecretBox([])).toThrow(/At least one/);
    expect(() => new SecretBox([randomBytes(16)])).toThrow(/32 bytes/);
  });
});

import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { appSecretProof, sign, verifySignature } from './signature.ts';

const secret = 'test_app_secret';
const secrets = [{ id: 'current', secret }];
const compact = Buffer.from('{"object":"whatsapp_business_account","entry":[]}');
const compactHeader = 'sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756';
const spaced = Buffer.from('{"object": "whatsapp_business_account", "entry": []}');
const spacedHeader = 'sha256=56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a';

function flipBit(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe('verifySignature', () => {
  it('accepts the two known vectors', () => {
    expect(verifySignature(compact, compactHeader, secrets)).toBe('current');
    expect(verifySignature(spaced, spacedHeader, secrets)).toBe('current');
    expect(sign(compact, secret)).toBe(compactHeader);
    expect(sign(spaced, secret)).toBe(spacedHeader);
  });

  it('refuses a signature over re-serialised JSON', () => {
    const reserialised = Buffer.from(JSON.stringify(JSON.parse(spaced.toString())));
    expect(verifySignature(reserialised, spacedHeader, secrets)).toBeNull();
    const escaped = Buffer.from('{"text":"caf\\u00e9 \\/ bar"}');
    const header = sign(escaped, secret);
    expect(verifySignature(escaped, header, secrets)).toBe('current');
    expect(
      verifySignature(Buffer.from(JSON.stringify(JSON.parse(escaped.toString()))), header, secrets),
    ).toBeNull();
  });

  it('refuses a body with any single bit flipped', () => {
    for (let bit = 0; bit < compact.length * 8; bit++)
      expect(verifySignature(flipBit(compact, bit), compactHeader, secrets)).toBeNull();
  });

  it('refuses a signature with any single bit flipped', () => {
    const digest = Buffer.from(compactHeader.slice('sha256='.length), 'hex');
    for (let bit = 0; bit < 256; bit++)
      expect(verifySignature(compact, `sha256=${flipBit(digest, bit).toString('hex')}`, secrets)).toBeNull();
    const text = Buffer.from(compactHeader);
    for (let bit = 0; bit < text.length * 8; bit++)
      expect(verifySignature(compact, flipBit(text, bit).toString('latin1'), secrets)).toBeNull();
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['upper-case digits', `sha256=${compactHeader.slice(7).toUpperCase()}`],
    ['upper-case name', compactHeader.replace('sha256', 'SHA256')],
    ['the legacy algorithm', 'sha1=ba78e1fca5ab6d0f8f2b7a5c1d6ab4bfe1d4ae6b'],
    ['sha1 with a sha256 digest', compactHeader.replace('sha256', 'sha1')],
    ['no name', compactHeader.slice(7)],
    ['one digit short', compactHeader.slice(0, -1)],
    ['one digit long', `${compactHeader}0`],
    ['a blank before', ` ${compactHeader}`],
    ['a line break after', `${compactHeader}\n`],
    ['sent twice, as a list', [compactHeader, compactHeader]],
    ['a list of one', [compactHeader]],
    ['sent twice, joined', `${compactHeader}, ${compactHeader}`],
    ['joined with the legacy header', `sha1=00, ${compactHeader}`],
    ['base64', `sha256=${Buffer.from(compactHeader.slice(7), 'hex').toString('base64')}`],
  ])('refuses a header that is %s', (_name, header) => {
    expect(verifySignature(compact, header, secrets)).toBeNull();
  });

  it('never verifies with an empty secret or with no secret', () => {
    expect(verifySignature(compact, sign(compact, ''), [{ id: 'empty', secret: '' }])).toBeNull();
    expect(verifySignature(compact, compactHeader, [])).toBeNull();
  });

  it('names the secret that signed while two are valid, whatever their order', () => {
    const old = { id: 'old', secret: 'kept for a while' };
    const fresh = { id: 'fresh', secret: 'made today' };
    for (const candidates of [
      [old, fresh],
      [fresh, old],
    ]) {
      expect(verifySignature(compact, sign(compact, old.secret), candidates)).toBe('old');
      expect(verifySignature(compact, sign(compact, fresh.secret), candidates)).toBe('fresh');
      expect(verifySignature(compact, sign(compact, 'stranger'), candidates)).toBeNull();
    }
  });

  it('accepts exactly what sign made, for any bytes and any secret', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        (body, own, other) => {
          expect(verifySignature(body, sign(body, own), [{ id: 'a', secret: own }])).toBe('a');
          fc.pre(own !== other);
          expect(verifySignature(body, sign(body, own), [{ id: 'a', secret: other }])).toBeNull();
        },
      ),
    );
  });
});

describe('appSecretProof', () => {
  it('is the hex HMAC of the token with the secret', () => {
    expect(appSecretProof('{"object":"whatsapp_business_account","entry":[]}', secret)).toBe(
      compactHeader.slice(7),
    );
  });
});

/**
 * The signature of Meta's webhook: HMAC-SHA256 of the raw body with the app's secret.
 * Must stay true: computed over the bytes that arrived, before anything parses them; compared in constant time; the
 * work done does not depend on which secret matches, or on whether one does.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A secret that may have signed, with the name the caller knows it by. Several are given while a secret is rotated. */
export type SigningSecret = { readonly id: string; readonly secret: string };

const HEADER = /^sha256=([0-9a-f]{64})$/;

/**
 * The id of the first secret that signed `rawBody`, or null when none did.
 * `header` is `X-Hub-Signature-256` exactly as received: a header sent twice (a list, or joined by a comma), upper-case
 * digits, another algorithm or another length are refused. An empty secret never verifies anything.
 */
export function verifySignature(
  rawBody: Uint8Array,
  header: string | readonly string[] | undefined,
  secrets: readonly SigningSecret[],
): string | null {
  const given = typeof header === 'string' ? HEADER.exec(header)?.[1] : undefined;
  if (given === undefined) return null;
  const givenHash = digestForComparison(given);
  let verifiedBy: string | null = null;
  for (const { id, secret } of secrets) {
    const matches = timingSafeEqual(digestForComparison(hexHmac(rawBody, secret)), givenHash);
    if (matches && secret !== '') verifiedBy ??= id;
  }
  return verifiedBy;
}

/** The value of `X-Hub-Signature-256` for a body: what a simulator or a test sends. */
export function sign(rawBody: Uint8Array | string, secret: string): string {
  return `sha256=${hexHmac(rawBody, secret)}`;
}

/** Meta's `appsecret_proof`: shows that the caller of the Graph API holds the secret of the token's app. */
export function appSecretProof(accessToken: string, appSecret: string): string {
  return hexHmac(accessToken, appSecret);
}

function hexHmac(message: Uint8Array | string, secret: string): string {
  return createHmac('sha256', secret).update(message).digest('hex');
}

/** Hashing both sides makes their lengths equal, without which timingSafeEqual throws. */
function digestForComparison(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

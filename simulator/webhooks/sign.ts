/** The signature of a webhook: HMAC-SHA256 of the raw bytes with the app secret, as Meta puts it into its header. */
import { createHmac } from 'node:crypto';

/** The value of `X-Hub-Signature-256` for these bytes. */
export function signBody(body: Buffer | string, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/**
 * JSON the way Meta's generic webhooks write it: non-ASCII as \uXXXX and / as \/. A receiver that re-serialises before
 * it verifies fails on this form.
 */
export function escapeLikeMeta(json: string): string {
  return json
    .replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\/');
}

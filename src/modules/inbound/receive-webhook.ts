/**
 * Taking a delivery in: the signature over the raw bytes, the raw bytes into the database, then 200. Nothing is parsed before that,
 * so nothing in a body can keep it from being stored.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { App } from '../../app.ts';
import { verifySignature } from '../../graph-api/signature.ts';
import { AppError } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { INSTALL_SIGNER, type HandshakeQuery } from './contract.ts';

/** Answers Meta's question whether the address is ours, with the challenge. Throws `inbound.handshake_refused`. */
export function answerHandshake(app: App, query: HandshakeQuery): string {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const given = query['hub.verify_token'] ?? '';
  const matches = timingSafeEqual(digest(given), digest(app.webhook.verifyToken));
  const challenge = query['hub.challenge'];
  if (query['hub.mode'] !== 'subscribe' || !matches || given === '' || challenge === undefined)
    throw new AppError(
      'inbound.handshake_refused',
      403,
      'The verify token is not the one configured here. Enter the same VERIFY_TOKEN in the Meta app and in this install.',
    );
  return challenge;
}

/** Stores a delivery. Throws `inbound.bad_signature` (401, nothing stored) or `inbound.not_stored` (503, deliver again). */
export async function receiveDelivery(
  app: App,
  body: Buffer,
  signature: string | string[] | undefined,
): Promise<void> {
  await failpoint('inbound.bytes-read');
  const secrets = app.webhook.appSecrets.map((secret) => ({ id: INSTALL_SIGNER, secret }));
  const signer = verifySignature(body, signature, secrets);
  if (signer === null) {
    app.webhook.deliveries.inc({ outcome: 'bad_signature' });
    throw new AppError(
      'inbound.bad_signature',
      401,
      'X-Hub-Signature-256 does not sign these bytes with the secret of the Meta app.',
    );
  }
  await failpoint('inbound.signature-verified');
  await app.webhook.writer.store(body, signer);
  app.webhook.deliveries.inc({ outcome: 'stored' });
}

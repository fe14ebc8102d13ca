/**
 * Taking a delivery in: the signature over the raw bytes, the raw bytes into the database, then 200. Nothing is parsed before that,
 * so nothing in a body can keep it from being stored.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { App } from '../../app.ts';
import { verifySignature } from '../../graph-api/signature.ts';
import { AppError } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import type { HandshakeQuery } from './contract.ts';
import { findReceiver, type Receiver } from './find-receiver.ts';

/** Answers Meta's question whether the address is ours, with the challenge. Throws `inbound.handshake_refused`. */
export function answerHandshake(receiver: Receiver, query: HandshakeQuery): string {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const given = query['hub.verify_token'] ?? '';
  const matches = timingSafeEqual(digest(given), digest(receiver.verifyToken));
  const challenge = query['hub.challenge'];
  if (query['hub.mode'] !== 'subscribe' || !matches || given === '' || challenge === undefined)
    throw new AppError(
      'inbound.handshake_refused',
      403,
      'The verify token is not the one configured here. Enter the same token in the Meta app and in Switchboard.',
    );
  return challenge;
}

export type Received = {
  /** The organization whose own address was called; null for the install's. */
  tenantId: string | null;
  body: Buffer;
  /** `X-Hub-Signature-256` as it came. */
  signature: string | string[] | undefined;
};

/** Stores a delivery. Throws `inbound.bad_signature` (401, nothing stored) or `inbound.not_stored` (503, deliver again). */
export async function receiveDelivery(app: App, { tenantId, body, signature }: Received): Promise<void> {
  await failpoint('inbound.bytes-read');
  const { secrets } = await findReceiver(app, tenantId);
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

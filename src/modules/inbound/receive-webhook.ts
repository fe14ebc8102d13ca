/**
 * Taking a delivery in: the signature over the raw bytes, the raw bytes into the database, then 200. Nothing is parsed before that,
 * so nothing in a body can keep it from being stored. Meta sends plain bytes; a proxy may pack them, so of gzip either form may be signed.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { App } from '../../app.ts';
import { verifySignature } from '../../graph-api/signature.ts';
import { AppError } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { inflateBody } from '../../platform/http/inflate-body.ts';
import { WEBHOOK_BODY_LIMIT } from '../../platform/http/raw-body.ts';
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
  isCompressed: boolean;
  /** `X-Hub-Signature-256` as it came. */
  signature: string | string[] | undefined;
};

/** Stores a delivery. Throws `inbound.bad_signature` (401, nothing stored), `inbound.not_stored` (503, deliver again), or as inflateBody. */
export async function receiveDelivery(app: App, received: Received): Promise<void> {
  await failpoint('inbound.bytes-read');
  const { body: sent, isCompressed, signature } = received;
  const { secrets } = await findReceiver(app, received.tenantId);
  const signerOfSent = verifySignature(sent, signature, secrets);
  const body = isCompressed ? await inflateBody(sent, WEBHOOK_BODY_LIMIT) : sent;
  const signer = signerOfSent ?? (isCompressed ? verifySignature(body, signature, secrets) : null);
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

/**
 * Bodies are read whole before their signature can be checked, so whoever reaches the address could fill the memory with bodies that
 * nobody signed. All that arrive at once share one allowance; beyond it the sender is told to come again, as Meta does. The beginning
 * of each body is not counted: deliveries of everyday size come in however much somebody else is pouring.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { sendProblem } from './problems.ts';

export type BodyAllowance = {
  /** Bytes of all bodies under way, beyond the beginning of each. */
  bytes: number;
  /** Bytes of each body that are not counted. */
  freeBytes: number;
};

/** Eight bodies of the greatest size at once; a delivery of one message has about 1 KiB. */
export const WEBHOOK_ALLOWANCE: BodyAllowance = { bytes: 64 * 1024 * 1024, freeBytes: 64 * 1024 };
const RETRY_AFTER_SECONDS = 5;

/** Counts the bodies of every route of this scope. */
export function limitUnverifiedBodies(scope: FastifyInstance, { bytes, freeBytes }: BodyAllowance): void {
  let underWay = 0;
  // Without a promise, so that the parser listens before the first byte is let through.
  scope.addHook('preParsing', (request, reply, payload, done) => {
    let read = 0;
    let counted = 0;
    payload.on('data', (chunk: Buffer) => {
      read += chunk.length;
      const more = Math.max(0, read - freeBytes) - counted;
      counted += more;
      underWay += more;
      if (underWay > bytes && more > 0 && !reply.sent) refuse(request, reply);
    });
    // Also when it was cut off: what was read is let go with the request.
    reply.raw.once('close', () => (underWay -= counted));
    done(null, payload);
  });
}

function refuse(request: FastifyRequest, reply: FastifyReply): void {
  const remedy = 'Too much is arriving at once. Send it again in a few seconds.';
  const fault = new AppError('platform.too_much_at_once', 503, remedy, { retry_after: RETRY_AFTER_SECONDS });
  void reply.header('connection', 'close');
  reply.raw.once('finish', () => request.raw.destroy());
  sendProblem(request, reply, fault);
}

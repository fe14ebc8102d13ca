/**
 * Versions of what is saved whole, so that nobody overwrites unseen what somebody else has saved (RFC 9110, 8.8.3 and 13.1.1): an answer
 * carries an ETag, and a change that sends it as If-Match is refused when it is no longer the one. Who sends none is not asked.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '../errors.ts';

/** What a route that checks it names in its schema. */
export const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'The ETag of what was read: answers 412 when it has changed since',
    }),
  ),
});

const bySortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** The same for the same content, in whichever order its keys stand. */
export function entityTag(value: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(value, bySortedKeys)).digest('base64url');
  return `"${digest.slice(0, 22)}"`;
}

/** @throws AppError `platform.changed_meanwhile` when `wanted` is given and names another version. A proxy that compresses marks a tag as weak. */
export function refuseOutdated(wanted: string | undefined, current: unknown): void {
  if (wanted === undefined) return;
  const tags = wanted.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (tags.includes('*') || tags.includes(entityTag(current))) return;
  throw new AppError(
    'platform.changed_meanwhile',
    412,
    'Somebody has saved something else here since you opened it, so nothing was changed. Load it again, then make your changes.',
  );
}

/** The answer, with its version in the header. */
export function tagged<T>(reply: FastifyReply, answer: T, version: unknown = answer): T {
  void reply.header('etag', entityTag(version));
  return answer;
}

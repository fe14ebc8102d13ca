/**
 * A body that came as gzip, for routes that keep bodies byte by byte. What must stay true: it never grows past what the route takes in
 * plain bytes, and few grow at once, for nothing says yet that whoever sent it may.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '../errors.ts';
import { NoTurnLeft, Turns } from '../turns.ts';

const inflate = promisify(gunzip);
const TURNS = new Turns({ atOnce: 2, mostWaiting: 100 });
const RETRY_AFTER_SECONDS = 5;

/**
 * @param limit bytes of what comes out
 * Throws `platform.body_too_large` (413), `platform.broken_body` (400), or `platform.too_much_at_once` (503) for one to be sent again.
 */
export async function inflateBody(packed: Buffer, limit: number): Promise<Buffer> {
  try {
    return await TURNS.take(() => inflate(packed, { maxOutputLength: limit }));
  } catch (error) {
    throw describe(error, limit);
  }
}

function describe(error: unknown, limit: number): AppError {
  if (error instanceof NoTurnLeft)
    return new AppError(
      'platform.too_much_at_once',
      503,
      'Too much is arriving at once. Send it again in a few seconds.',
      { retry_after: RETRY_AFTER_SECONDS },
    );
  const isTooLarge = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
  return isTooLarge
    ? new AppError(
        'platform.body_too_large',
        413,
        `The body has more than ${String(limit)} bytes. Send less.`,
      )
    : new AppError('platform.broken_body', 400, 'The body is not the gzip that its content-encoding says.');
}

/**
 * Stores deliveries before they are answered. Requests that arrive together share one commit: a group is whatever came while the
 * previous commit ran, so nothing waits for a timer. One commit at a time: two smaller ones side by side took in a seventh less, four a
 * third less (docs/decisions/queue.md).
 */
import type pg from 'pg';
import { onlyAccountOf } from '../../graph-api/webhook/only-account.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { AppError } from '../../platform/errors.ts';
import type { Signer } from './contract.ts';

type Waiting = { body: Buffer; signer: Signer; stored: () => void; failed: (error: AppError) => void };

/** A group is bounded so that one commit never grows past what a statement should carry. */
const MOST_BODIES = 500;
const MOST_BYTES = 16 * 1024 * 1024;
/** More than this many bytes waiting means that the database does not keep up: Meta is asked to come again. */
const MOST_WAITING_BYTES = 256 * 1024 * 1024;

function unavailable(): AppError {
  return new AppError('inbound.not_stored', 503, 'The delivery could not be stored. Deliver it again.', {
    retry_after: 5,
  });
}

/** In whose turn it is split; empty for a delivery that overtakes none, because it may be of several accounts. */
function turnOf({ body, signer }: Waiting): string {
  return signer === 'install' ? (onlyAccountOf(body) ?? '') : signer;
}

export class DeliveryWriter {
  readonly #pool: pg.Pool;
  readonly #onError: (error: unknown) => void;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #isWriting = false;

  constructor(pool: pg.Pool, onError: (error: unknown) => void) {
    this.#pool = pool;
    this.#onError = onError;
  }

  /** Resolves when the delivery is committed; throws `inbound.not_stored` when it is not, and then nothing of it is stored. */
  store(body: Buffer, signer: Signer): Promise<void> {
    if (this.#waitingBytes + body.length > MOST_WAITING_BYTES) return Promise.reject(unavailable());
    return new Promise((stored, failed) => {
      this.#waiting.push({ body, signer, stored, failed });
      this.#waitingBytes += body.length;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    for (let group = this.#takeGroup(); group.length > 0; group = this.#takeGroup())
      await this.#commit(group);
    this.#isWriting = false;
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let size = 0;
    for (const { body } of this.#waiting) {
      bytes += body.length;
      if (size > 0 && (size >= MOST_BODIES || bytes > MOST_BYTES)) break;
      size++;
    }
    return this.#waiting.splice(0, size);
  }

  async #commit(group: Waiting[]): Promise<void> {
    try {
      const statement = this.#pool.query({
        name: 'store-deliveries',
        text: 'SELECT app.store_deliveries($1, $2, $3, $4)',
        values: [
          Buffer.concat(group.map(({ body }) => body)),
          group.map(({ body }) => body.length),
          group.map(({ signer }) => signer),
          group.map(turnOf),
        ],
      });
      await Promise.all([statement, failpoint('inbound.storing')]);
      await failpoint('inbound.stored');
      for (const delivery of group) delivery.stored();
    } catch (error) {
      this.#onError(error);
      for (const delivery of group) delivery.failed(unavailable());
    } finally {
      for (const { body } of group) this.#waitingBytes -= body.length;
    }
  }
}

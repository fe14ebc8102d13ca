/** Puts a job in with the transaction of whoever asks: it exists when, and only when, that transaction commits. */

/** What a job gets to know: ids, never content. At most 4096 bytes as JSON. */
export type JobPayload = Readonly<Record<string, string | number | boolean | null>>;

/** How a job waits. */
export type EnqueueOptions = {
  /**
   * At most one job of this name and key waits for its first try; a second one only updates it (last payload, earliest
   * start). A job that runs, or waits to be tried again, does not count. Transactions that use several keys take them in one
   * order, or they may deadlock.
   */
  singletonKey?: string;
  /** Seconds to wait before the job may run. */
  startAfterSeconds?: number;
  /** Higher runs first; 0 if absent. */
  priority?: number;
};

/** The part of a pg client, inside a transaction, that enqueueing needs. */
export type EnqueueClient = { query(text: string, values: unknown[]): Promise<unknown> };

/** Enqueues on the given transaction, as switchboard_app or switchboard_worker. Throws the database's error on a bad name or payload. */
export async function enqueueJob(
  client: EnqueueClient,
  name: string,
  payload: JobPayload,
  options: EnqueueOptions = {},
): Promise<void> {
  await client.query('SELECT app.enqueue_job($1, $2, $3)', [
    name,
    JSON.stringify(payload),
    JSON.stringify(options),
  ]);
}

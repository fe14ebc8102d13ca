/** A limit on how long somebody waits for Meta. */

/** What a call that takes too long is answered with. */
export class TookTooLong extends Error {
  override name = 'TookTooLong';
}

/** Rejects with TookTooLong when the work is not done in time; the work itself goes on to its own limit. */
export async function withinTime<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TookTooLong()), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

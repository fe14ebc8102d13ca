/** Counts the streams that each reader has open in this process: every one costs a question to the database for every event. */
export class OpenStreams {
  readonly #most: number;
  readonly #byReader = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** False when the reader has as many as allowed; otherwise call `close` when this one has ended. */
  open(reader: string): boolean {
    const open = this.#byReader.get(reader) ?? 0;
    if (open >= this.#most) return false;
    this.#byReader.set(reader, open + 1);
    return true;
  }

  close(reader: string): void {
    const open = this.#byReader.get(reader) ?? 0;
    if (open > 1) this.#byReader.set(reader, open - 1);
    else this.#byReader.delete(reader);
  }
}

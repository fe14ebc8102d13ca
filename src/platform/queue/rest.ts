/**
 * The one place where a lease loop waits. Wake-ups end a rest, but not a pause after a failure: else every notification and every
 * finished item would knock at a database that is away.
 */
export class Rest {
  #woken = false;
  #ended = false;
  #wakeable = false;
  #getUp: (() => void) | undefined;

  /** Wake-ups count from now on. */
  begin(): void {
    this.#woken = false;
  }

  wake(): void {
    this.#woken = true;
    if (this.#wakeable) this.#getUp?.();
  }

  /** Until somebody wakes it, or so many milliseconds are over; not at all when that happened since `begin`. */
  async untilWoken(milliseconds?: number): Promise<void> {
    if (this.#woken || this.#ended) return;
    this.#wakeable = true;
    await this.#wait(milliseconds);
    this.#wakeable = false;
  }

  async pause(milliseconds: number): Promise<void> {
    if (!this.#ended) await this.#wait(milliseconds);
  }

  /** Nobody rests any more. */
  end(): void {
    this.#ended = true;
    this.#getUp?.();
  }

  #wait(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(() => this.#getUp?.(), milliseconds);
      this.#getUp = () => {
        clearTimeout(timer);
        this.#getUp = undefined;
        resolve();
      };
    });
  }
}

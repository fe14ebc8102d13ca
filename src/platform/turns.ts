/**
 * Lets a few pieces of work run at once, makes a few more wait in order, and turns the rest away: what costs memory or a core must not
 * take the machine from everything else.
 */

/** So many run and so many wait already. */
export class NoTurnLeft extends Error {
  constructor() {
    super('Too much is waiting already.');
    this.name = 'NoTurnLeft';
  }
}

export class Turns {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** Whether one more would be turned away. */
  get isFull(): boolean {
    return this.#running >= this.#atOnce && this.#waiting.length >= this.#mostWaiting;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** Runs the work when its turn has come. Throws NoTurnLeft, or what the work throws. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.isFull) throw new NoTurnLeft();
    // Whoever ends hands its place on, so that nobody who comes in between can take it.
    if (this.#running >= this.#atOnce) await new Promise<void>((resume) => this.#waiting.push(resume));
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

/** Turns for each of many names, one at a time unless more are allowed; a name is forgotten when nobody waits for it. */
export class NamedTurns {
  readonly #limits: { atOnce: number; mostWaiting: number };
  readonly #byName = new Map<string, Turns>();

  constructor({ atOnce = 1, mostWaiting }: { atOnce?: number; mostWaiting: number }) {
    this.#limits = { atOnce, mostWaiting };
  }

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turns = this.#byName.get(name) ?? new Turns(this.#limits);
    this.#byName.set(name, turns);
    try {
      return await turns.take(work);
    } finally {
      if (turns.isIdle) this.#byName.delete(name);
    }
  }
}

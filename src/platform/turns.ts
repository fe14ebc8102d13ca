/**
 * Lets a few pieces of work run at once, makes a few more wait in order, and turns the rest away: what costs memory or a core must not
 * take the machine from everything else.
 */

export type TurnLimits = {
  atOnce: number;
  mostWaiting: number;
  /** Milliseconds that one waits for its turn; without it, as long as it takes. */
  patience?: number;
};

/** So many run and so many wait already, or it took too long. */
export class NoTurnLeft extends Error {
  constructor() {
    super('Too much is waiting already.');
    this.name = 'NoTurnLeft';
  }
}

export class Turns {
  readonly #limits: TurnLimits;
  #running = 0;
  readonly #waiting = new Set<() => void>();

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** Whether one more would be turned away. */
  get isFull(): boolean {
    const { atOnce, mostWaiting } = this.#limits;
    return this.#running >= atOnce && this.#waiting.size >= mostWaiting;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** Runs the work when its turn has come. Throws NoTurnLeft, or what the work throws. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.isFull) throw new NoTurnLeft();
    // Whoever ends hands its place on, so that nobody who comes in between can take it.
    if (this.#running >= this.#limits.atOnce) await this.#wait();
    else this.#running++;
    try {
      return await work();
    } finally {
      const [next] = this.#waiting;
      if (next) next();
      else this.#running--;
    }
  }

  #wait(): Promise<void> {
    const { patience } = this.#limits;
    return new Promise((resume, giveUp) => {
      const come = () => {
        clearTimeout(timer);
        this.#waiting.delete(come);
        resume();
      };
      const leave = () => {
        this.#waiting.delete(come);
        giveUp(new NoTurnLeft());
      };
      const timer = patience === undefined ? undefined : setTimeout(leave, patience);
      this.#waiting.add(come);
    });
  }
}

/** Turns for each of many names, one at a time unless more are allowed; a name is forgotten when nobody waits for it. */
export class NamedTurns {
  readonly #limits: TurnLimits;
  readonly #byName = new Map<string, Turns>();

  constructor({ atOnce = 1, ...limits }: Partial<TurnLimits> & Pick<TurnLimits, 'mostWaiting'>) {
    this.#limits = { atOnce, ...limits };
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

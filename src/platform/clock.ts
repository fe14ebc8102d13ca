/** Time as a value that is passed in, so that tests can set it. Leases and order use the database's clock, never this one. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

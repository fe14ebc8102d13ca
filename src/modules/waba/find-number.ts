/** The number that a message came in on, with what routing needs of it. */
export { findNumber } from './queries.ts';

/** The number that a message came in on, with what routing needs of it. */
import { onceAtATime } from '../../platform/db/batched.ts';
import { findNumber as find } from './queries.ts';

/** Null when it is nobody's in this organization, or was given up. */
export const findNumber = onceAtATime(find);

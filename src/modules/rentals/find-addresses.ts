/** Where properties are, for a question that names them. */
export { findAddresses } from './queries.ts';

/** How a reply on a central number is signed. */
export { signatureOf } from './rules.ts';

/** What people and organizations may be called. No I/O: contracts load it. */
import { Type } from 'typebox';

/**
 * One line that is read as it is written: line breaks would put words of their own under a signature, and marks that turn the direction of
 * writing (Unicode TR 36, 3.1 "bidirectional text spoofing") would show another name than the one that is kept.
 */
export const Name = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: String.raw`^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$`,
});

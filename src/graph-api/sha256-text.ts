/** Meta writes the SHA-256 of a file as hex in one place and as base64 in another; compare only after this. */

/** The digest in lower-case hex; null when the text is neither form. */
export function readSha256(text: string): string | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase();
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64').toString('hex') : null;
}

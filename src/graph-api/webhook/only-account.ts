/**
 * Whose a delivery is, told from its bytes without parsing them: cheap enough for the moment before it is stored.
 * Must stay true: never an account while the delivery may name another one too. Meta's envelope is
 * `{"object":"whatsapp_business_account","entry":[{"id":"<WABA>","changes":[…]}, …]}` (Graph API, "Webhooks: Event notifications").
 */
const BEGINNING =
  /^\s*\{\s*"object"\s*:\s*"whatsapp_business_account"\s*,\s*"entry"\s*:\s*\[\s*\{\s*"id"\s*:\s*"(\d{1,32})"/;
/** More than the beginning takes, with some blanks. */
const BEGINNING_BYTES = 256;
/** Every entry has this key. In what people write the quotes are escaped, and a text of this word alone only makes the answer null. */
const CHANGES = Buffer.from('"changes"');

/** The id of the only account that the delivery is about; null when there are several, or when the bytes do not tell. */
export function onlyAccountOf(body: Buffer): string | null {
  const account = BEGINNING.exec(body.toString('latin1', 0, BEGINNING_BYTES))?.[1];
  if (account === undefined) return null;
  const first = body.indexOf(CHANGES);
  const another = body.indexOf(CHANGES, first + CHANGES.length);
  return first !== -1 && another === -1 ? account : null;
}

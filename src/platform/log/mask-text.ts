/**
 * Removes what looks like a secret from free text: messages of errors, stacks, URLs, finished log lines. Every pattern
 * is linear, because it runs over text that strangers write.
 */

const LONGEST = 16_384;

/** Each shape keeps enough of its front to tell what stood there. */
const SHAPES: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic|OAuth)\s+[\w.~+/=|:-]{6,}/gi, '$1 [masked]'],
  [/\bEAA[A-Za-z0-9]{12,}/g, 'EAA[masked]'],
  [/\bsb_[\w-]{8,}/g, 'sb_[masked]'],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)?/g, '[jwt masked]'],
  [/\benc_v1:[\w:.-]+/g, 'enc_v1:[masked]'],
  [/\$argon2[a-z]*\$[\w$+,=/.-]+/g, '$argon2[masked]'],
  [
    /([?&;\s"'\\]|^)((?:hub\.)?verify_token|hub\.challenge|\w{0,40}(?:access|refresh|input|fb_exchange|id)_token|token|code|client_secret|appsecret_proof|app_secret|secret|password|pin|state|signature|api_?key)=[^&\s"'\\#]+/gi,
    '$1$2=[masked]',
  ],
  [/\b(postgres(?:ql)?|https?|redis|smtps?):\/\/[^\s/@:"']{0,200}:[^\s/@"']{1,200}@/gi, '$1://[masked]@'],
  [/\bsha(?:1|256)=[0-9a-f]{16,}/gi, 'sha256=[masked]'],
];

/** E.164 with its plus sign, also percent-encoded; digits alone are ids and stay. */
const PHONE = /(\+|%2B)(\d{2})\d{3,10}(\d{2})\b/gi;

/** The text without token shapes and with phone numbers shortened; very long text is cut. */
export function maskText(text: string): string {
  let masked = text.length > LONGEST ? `${text.slice(0, LONGEST)} [cut]` : text;
  for (const [shape, replacement] of SHAPES) masked = masked.replace(shape, replacement);
  return masked.replace(PHONE, '$1$2…$3');
}

/** Enough of a phone number to tell two apart in a log, not enough to call it. */
export function shortenPhone(text: string): string {
  const digits = text.replace(/\D/g, '');
  if (digits.length < 7) return maskText(text);
  return `${text.startsWith('+') ? '+' : ''}${digits.slice(0, 2)}…${digits.slice(-2)}`;
}

/** Query parameters whose values say nothing about a person and open nothing. */
const OPEN_PARAMETERS = new Set(['limit', 'status', 'unread', 'sort', 'order', 'hub.mode', 'kind', 'type']);

/** A request's URL for the log: the path, and the names of the parameters with only harmless values. */
export function scrubUrl(url: string): string {
  const at = url.indexOf('?');
  if (at < 0) return maskText(url);
  const parameters = url
    .slice(at + 1)
    .split('&')
    .slice(0, 30);
  const scrubbed = parameters.map((parameter) => {
    const [name = '', value] = parameter.split('=', 2);
    return value === undefined || OPEN_PARAMETERS.has(name)
      ? maskText(parameter)
      : `${maskText(name)}=[masked]`;
  });
  return `${maskText(url.slice(0, at))}?${scrubbed.join('&')}`;
}

/**
 * Ids beyond 2^53 and numbers beyond all doubles are kept as the text they were written in. Must stay true: one pass over the text;
 * asking JSON.parse for the source of every number would hold the process for seconds over one delivery of the greatest size.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Fifteen digits always fit. */
const LONGEST_SAFE = 15;

/** JSON in which every number that a double cannot hold is a text. What is no JSON stays none. */
export function quoteUnsafeNumbers(json: string): string {
  const pieces: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfText(json, at + 1);
    else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(json, at + 1);
      const number = json.slice(at, end);
      if (!isSafe(number)) {
        pieces.push(json.slice(copied, at), `"${number}"`);
        copied = end;
      }
      at = end;
    } else at += 1;
  }
  return pieces.length === 0 ? json : pieces.join('') + json.slice(copied);
}

function endOfText(json: string, from: number): number {
  for (let at = from; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return json.length;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Digits, and `.`, `e`, `E`, `+`, `-` between them. */
function endOfNumber(json: string, from: number): number {
  let at = from;
  for (; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (!isDigit(code) && code !== 0x2e && code !== 0x45 && code !== 0x65 && code !== 0x2b && code !== MINUS)
      break;
  }
  return at;
}

function isSafe(number: string): boolean {
  if (number.length <= LONGEST_SAFE && !/[eE]/.test(number)) return true;
  if (!NUMBER.test(number)) return true;
  const value = Number(number);
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

/**
 * Reads the text of a message as WhatsApp shows it: links, *bold*, _italic_, ~struck~ and ```code```. Pure.
 * Only http, https, mailto and tel become links: a customer's text must never become anything that runs.
 */
export type TextPart =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'bold' | 'italic' | 'struck'; parts: TextPart[] };

const link = /\b(?:https?:\/\/|mailto:|tel:)[^\s<>"'`]+/giu;
const marks = { '*': 'bold', _: 'italic', '~': 'struck' } as const;
// A mark opens after a non-letter, hugs its text on both sides and closes before a non-letter, on one line.
const marked = /(?<![\p{L}\p{N}*_~])([*_~])(?!\s)([^\n]+?)(?<!\s)\1(?![\p{L}\p{N}*_~])/u;
const code = /```([\s\S]+?)```/u;

export function readRichText(text: string): TextPart[] {
  const block = code.exec(text);
  if (block) {
    return [
      ...readRichText(text.slice(0, block.index)),
      { kind: 'code', text: block[1] ?? '' },
      ...readRichText(text.slice(block.index + block[0].length)),
    ];
  }
  return splitLinks(text);
}

/** The words alone, for one line in a list. */
export function plainTextOf(parts: readonly TextPart[]): string {
  return parts.map((part) => ('parts' in part ? plainTextOf(part.parts) : part.text)).join('');
}

function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(link)) {
    const address = trimPunctuation(match[0]);
    if (!isSafe(address)) continue;
    parts.push(...readMarks(text.slice(end, match.index)));
    parts.push({ kind: 'link', text: address, href: address });
    end = match.index + address.length;
  }
  return [...parts, ...readMarks(text.slice(end))];
}

function readMarks(text: string): TextPart[] {
  if (text === '') return [];
  const match = marked.exec(text);
  if (!match) return [{ kind: 'text', text }];
  const mark = match[1] as keyof typeof marks;
  return [
    ...readMarks(text.slice(0, match.index)),
    { kind: marks[mark], parts: readMarks(match[2] ?? '') },
    ...readMarks(text.slice(match.index + match[0].length)),
  ];
}

/** A full stop, a closing bracket without its opening one or a format mark at the end belongs to the sentence. */
function trimPunctuation(address: string): string {
  let trimmed = address;
  for (;;) {
    const last = trimmed.at(-1) ?? '';
    const unopened = last === ')' && !trimmed.includes('(');
    if (!/[.,;:!?*_~\]}]/u.test(last) && !unopened) return trimmed;
    trimmed = trimmed.slice(0, -1);
  }
}

function isSafe(address: string): boolean {
  try {
    const { protocol, hostname, pathname } = new URL(address);
    if (protocol === 'http:' || protocol === 'https:') return hostname !== '';
    return (protocol === 'mailto:' || protocol === 'tel:') && pathname !== '';
  } catch {
    return false;
  }
}

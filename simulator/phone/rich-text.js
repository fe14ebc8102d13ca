/** WhatsApp's marks (*bold*, _italic_, ~struck~, `code`, ```block```) and links, as elements. */
import { element } from './dom.js';

const MARKS = [
  { pattern: /```([\s\S]+?)```/, make: (text) => element('code', { class: 'block' }, text) },
  { pattern: /`([^`\n]+)`/, make: (text) => element('code', {}, text) },
  {
    pattern: /(?<![\p{L}\p{N}])\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\p{N}])/u,
    make: (text) => nested('strong', text),
  },
  { pattern: /(?<![\p{L}\p{N}])_(\S(?:[^_\n]*\S)?)_(?![\p{L}\p{N}])/u, make: (text) => nested('em', text) },
  { pattern: /(?<![\p{L}\p{N}])~(\S(?:[^~\n]*\S)?)~(?![\p{L}\p{N}])/u, make: (text) => nested('s', text) },
  { pattern: /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])/, make: link },
];

function nested(tag, text) {
  return element(tag, {}, ...richText(text));
}

function link(href) {
  return element('a', { href, target: '_blank', rel: 'noopener noreferrer' }, href);
}

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function richText(text) {
  let first = null;
  for (const mark of MARKS) {
    const match = mark.pattern.exec(text);
    if (match && (first === null || match.index < first.match.index)) first = { match, mark };
  }
  if (!first) return text === '' ? [] : [text];
  const { match, mark } = first;
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  return [...(before === '' ? [] : [before]), mark.make(match[1]), ...richText(after)];
}

/** One to three emoji and nothing else are shown large. */
export function isOnlyEmoji(text) {
  const signs = [...new Intl.Segmenter().segment(text.trim())];
  return (
    signs.length >= 1 &&
    signs.length <= 3 &&
    signs.every(({ segment }) => /\p{Extended_Pictographic}/u.test(segment))
  );
}

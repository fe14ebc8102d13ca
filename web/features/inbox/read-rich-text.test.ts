import { describe, expect, it } from 'vitest';
import { plainTextOf, readRichText } from './read-rich-text.ts';

const links = (text: string) =>
  readRichText(text).flatMap((part) => (part.kind === 'link' ? [part.href] : []));

describe('links', () => {
  it('are http, https, mailto and tel', () => {
    expect(links('See https://example.org/a?b=1 or http://example.org')).toHaveLength(2);
    expect(links('mailto:mara@example.org or tel:+4930901820')).toEqual([
      'mailto:mara@example.org',
      'tel:+4930901820',
    ]);
  });

  it('are never anything that could run', () => {
    expect(links('javascript:alert(1) data:text/html,x vbscript:x file:///etc/passwd')).toEqual([]);
    expect(links('https://')).toEqual([]);
  });

  it('end before the punctuation of the sentence', () => {
    expect(links('(see https://example.org/a).')).toEqual(['https://example.org/a']);
    expect(links('https://example.org/wiki/Cord_(phone)!')).toEqual([
      'https://example.org/wiki/Cord_(phone)',
    ]);
  });

  it('keep underscores and stars that belong to them', () => {
    expect(links('https://example.org/_a_/*b*/c')).toEqual(['https://example.org/_a_/*b*/c']);
  });
});

describe('format marks', () => {
  it('are read as WhatsApp reads them', () => {
    expect(readRichText('*now*')).toEqual([{ kind: 'bold', parts: [{ kind: 'text', text: 'now' }] }]);
    expect(readRichText('_a_ ~b~').map((part) => part.kind)).toEqual(['italic', 'text', 'struck']);
    expect(readRichText('run ```a *b*``` now')[1]).toEqual({ kind: 'code', text: 'a *b*' });
  });

  it('nest', () => {
    expect(readRichText('*_x_*')).toEqual([
      { kind: 'bold', parts: [{ kind: 'italic', parts: [{ kind: 'text', text: 'x' }] }] },
    ]);
  });

  it('leave sums, names and lone marks alone', () => {
    for (const text of ['2 * 3 * 4', 'file_name_here', 'a*b*c', '* item', '5 ~ 6']) {
      expect(readRichText(text)).toEqual([{ kind: 'text', text }]);
    }
  });
});

it('loses no character of an ordinary text', () => {
  const text = 'Hello,\n see https://example.org/x, thanks (Mara)';
  expect(plainTextOf(readRichText(text))).toBe(text);
});

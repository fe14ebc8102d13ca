import { describe, expect, it } from 'vitest';
import { previewOf, readContent } from './message-content.ts';

const read = (type: string, payload: unknown, text = '') => readContent({ type, text, payload });

describe('readContent', () => {
  it('reads a location, nested under its type or not', () => {
    const place = { latitude: 52.5, longitude: '13.4', name: 'Office' };
    const expected = { kind: 'location', latitude: 52.5, longitude: 13.4, title: 'Office', address: null };
    expect(read('location', place)).toEqual(expected);
    expect(read('location', { location: place })).toEqual(expected);
  });

  it('says that a location without coordinates is nothing it can show', () => {
    expect(read('location', { name: 'Office' })).toEqual({ kind: 'unsupported', type: 'location' });
  });

  it('reads contact cards and survives half of one', () => {
    const cards = [{ name: { formatted_name: 'Paul L.' }, phones: [{ phone: '+33612345678' }] }, {}];
    expect(read('contacts', cards)).toEqual({
      kind: 'contacts',
      contacts: [
        { name: 'Paul L.', phone: '+33612345678' },
        { name: 'Contact', phone: null },
      ],
    });
  });

  it('reads contact cards that are stored as a list under `content`', () => {
    const stored = { content: [{ name: { first_name: 'Paul' } }], context: { wamid: 'wamid.1' } };
    expect(read('contacts', stored)).toEqual({ kind: 'contacts', contacts: [{ name: 'Paul', phone: null }] });
  });

  it('tells a voice message from a song', () => {
    expect(read('audio', { voice: true })).toMatchObject({ medium: 'voice' });
    expect(read('audio', null)).toMatchObject({ medium: 'audio' });
  });

  it('takes a reaction without an emoji for a removed one', () => {
    expect(read('reaction', { emoji: '👍' })).toEqual({ kind: 'reaction', emoji: '👍' });
    expect(read('reaction', {})).toEqual({ kind: 'reaction', emoji: null });
  });

  it('names what it does not know', () => {
    expect(read('unsupported', { type: 'poll_creation' })).toEqual({
      kind: 'unsupported',
      type: 'poll_creation',
    });
    expect(read('hologram', null)).toEqual({ kind: 'unsupported', type: 'hologram' });
    expect(read('unsupported', 'nonsense')).toEqual({ kind: 'unsupported', type: 'unknown' });
  });
});

describe('previewOf', () => {
  it('is the text on one line', () => {
    expect(previewOf({ type: 'text', text: 'Hello\n\n  there' })).toBe('Hello there');
  });

  it('has the words without their marks', () => {
    expect(previewOf({ type: 'text', text: 'On *Saturday*, _or_ at 2*3' })).toBe('On Saturday, or at 2*3');
  });

  it('is the caption, else the kind', () => {
    expect(previewOf({ type: 'image', text: 'The display' })).toBe('The display');
    expect(previewOf({ type: 'image', text: '' })).toBe('Photo');
    expect(previewOf({ type: 'unsupported', text: '' })).toBe('Unsupported message');
  });
});

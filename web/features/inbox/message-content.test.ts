import { describe, expect, it } from 'vitest';
import { previewOf, readContent } from './message-content.ts';
import { readContext } from './message-context.ts';

const read = (type: string, payload: unknown, text = '') => readContent({ type, text, payload });

describe('readContent', () => {
  it('reads a location, nested under its type or not', () => {
    const place = { latitude: 52.5, longitude: '13.4', name: 'Office' };
    const expected = { kind: 'location', latitude: 52.5, longitude: 13.4, title: 'Office', address: null };
    expect(read('location', place)).toEqual(expected);
    expect(read('location', { location: place })).toEqual(expected);
  });

  it('says that a location without coordinates is nothing it can show', () => {
    expect(read('location', { name: 'Office' })).toMatchObject({ kind: 'unsupported', type: 'location' });
  });

  it('reads contact cards and survives half of one', () => {
    const cards = [{ name: { formatted_name: 'Paul L.' }, phones: [{ phone: '+33612345678' }] }, {}];
    expect(read('contacts', cards)).toEqual({
      kind: 'contacts',
      contacts: [
        { name: 'Paul L.', phone: '+33612345678', detail: null },
        { name: 'Contact', phone: null, detail: null },
      ],
    });
  });

  it('reads contact cards that are stored as a list under `content`', () => {
    const stored = { content: [{ name: { first_name: 'Paul' } }], context: { wamid: 'wamid.1' } };
    expect(read('contacts', stored)).toEqual({
      kind: 'contacts',
      contacts: [{ name: 'Paul', phone: null, detail: null }],
    });
  });

  it('tells a voice message from a song', () => {
    expect(read('audio', { voice: true })).toMatchObject({ medium: 'voice' });
    expect(read('audio', null)).toMatchObject({ medium: 'audio' });
  });

  it('lists what was ordered, whether Meta writes numbers or texts', () => {
    const item = { product_retailer_id: 'sku-1', quantity: '2', item_price: '4.5', currency: 'EUR' };
    expect(read('order', { product_items: [item, {}, 7] })).toEqual({
      kind: 'order',
      lines: [
        { name: 'sku-1', quantity: 2, price: 4.5, currency: 'EUR' },
        { name: 'Product', quantity: 1, price: null, currency: null },
      ],
    });
  });

  it('lists what was filled in, and survives a form that is none', () => {
    const form = (response_json: unknown) =>
      read('interactive', { type: 'nfm_reply', nfm_reply: { response_json } });
    expect(form('{"shoe_size":42,"name":"Ada","flow_token":"x"}')).toEqual({
      kind: 'form',
      fields: [
        { name: 'shoe size', value: '42' },
        { name: 'name', value: 'Ada' },
      ],
    });
    for (const broken of ['{', '[]', 7, null]) expect(form(broken)).toEqual({ kind: 'form', fields: [] });
  });

  it('tells a missed call from one that was answered', () => {
    expect(read('call', { events: { connect: {}, terminate: { seconds: 65 } } })).toEqual({
      kind: 'call',
      missed: false,
      seconds: 65,
    });
    expect(read('call', { events: { terminate: {} } })).toMatchObject({ missed: true });
    expect(read('call', { events: { connect: {} } })).toMatchObject({ missed: false });
  });

  it('names what it does not know', () => {
    expect(read('unsupported', { type: 'poll_creation' })).toEqual({
      kind: 'unsupported',
      type: 'poll_creation',
      reason: null,
    });
    expect(read('hologram', null)).toMatchObject({ kind: 'unsupported', type: 'hologram' });
    expect(read('unsupported', 'nonsense')).toMatchObject({ kind: 'unsupported', type: 'unknown' });
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

describe('readContext', () => {
  it('follows a link of an advertisement only into the web', () => {
    const link = (source_url: string) =>
      readContext({ payload: { referral: { source_url } } }).referral?.href;
    expect(link('https://shop.example/ad')).toBe('https://shop.example/ad');
    expect(link('javascript:alert(1)')).toBeNull();
  });

  it('tells forwarded once from many times', () => {
    const forwarded = (context: object) => readContext({ payload: { context } }).forwarded;
    expect(forwarded({ forwarded: true })).toBe('once');
    expect(forwarded({ forwarded: true, frequentlyForwarded: true })).toBe('often');
    expect(forwarded({ wamid: 'x' })).toBe('no');
  });
});

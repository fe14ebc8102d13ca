import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jonas, messagesDelivery, mira } from '../fixtures/deliveries.ts';
import { echoes, statuses } from '../fixtures/events.ts';
import { inboundMessages } from '../fixtures/messages.ts';
import type { Json } from '../json.ts';
import { cleanJson, cleanText } from './clean-text.ts';
import { readEcho, readMessage } from './message-content.ts';
import { readStatus } from './message-status.ts';
import { splitDelivery } from './split-delivery.ts';

type Name = keyof typeof inboundMessages;
const read = (name: Name) => readMessage(inboundMessages[name], mira.contact);

describe('readMessage', () => {
  it('reads a text with everything about its sender', () => {
    expect(read('text')).toEqual({
      wamid: 'wamid.TUlSQTAx',
      type: 'text',
      originalType: 'text',
      text: 'Have you got rye bread today?',
      timestamp: new Date(1785000000_000),
      from: {
        phone: mira.phone,
        userId: mira.userId,
        parentUserId: 'DE.ENT.30000000000000000011',
        username: 'mira.backt',
        name: 'Mira Vogt',
      },
      groupId: null,
      context: null,
      targetWamid: null,
      media: null,
      referral: null,
      errors: [],
      edited: null,
      payload: { body: 'Have you got rye bread today?' },
    });
  });

  it.each<[Name, string, string]>([
    ['textInGroup', 'text', 'For all of us'],
    ['image', 'image', 'Like this one'],
    ['video', 'video', ''],
    ['voiceNote', 'audio', ''],
    ['voicemail', 'audio', ''],
    ['document', 'document', 'Filled in'],
    ['sticker', 'sticker', ''],
    ['location', 'location', 'Corner shop'],
    ['contacts', 'contacts', 'Ida Rost, Emil Kern, +49 1555 0000011'],
    ['buttonReply', 'interactive', 'I pick it up'],
    ['listReply', 'interactive', 'Rye bread'],
    ['flowReply', 'interactive', 'Sent'],
    ['callPermissionReply', 'interactive', ''],
    ['interactiveWithoutContent', 'interactive', ''],
    ['templateButton', 'button', 'Confirm order'],
    ['reaction', 'reaction', '🥨'],
    ['reactionRemoved', 'reaction', ''],
    ['order', 'order', 'Before eight, please'],
    ['systemNewNumber', 'system', 'Mira Vogt changed from 4915550000011 to 4915550000099'],
    ['systemNewUserId', 'system', 'The user id has changed'],
    ['edit', 'edit', 'Or this'],
    ['revoke', 'revoke', ''],
    ['unsupportedPoll', 'unsupported', ''],
    ['ofFutureType', 'unsupported', ''],
  ])('reads %s as %s with the words a person would see', (name, type, text) => {
    expect(read(name)).toMatchObject({ type, text, wamid: inboundMessages[name].id });
  });

  it('reads a customer who hides the phone, without the @ of the username', () => {
    expect(readMessage(inboundMessages.textFromHiddenPhone, jonas.contact).from).toEqual({
      userId: jonas.userId,
      username: 'jonas_abel',
      name: 'Jonas Abel',
    });
  });

  it('reads a customer without contact, and nobody at all', () => {
    expect(readMessage(inboundMessages.systemNewNumber).from).toEqual({ phone: mira.phone });
    expect(readMessage(inboundMessages.systemNewUserId).from).toEqual({});
  });

  it('leaves out what cannot be a phone, a user id or a name', () => {
    const odd = { id: 'wamid.X', from: 'call me', from_user_id: 'a\u0000b' };
    const contact = {
      wa_id: '1'.repeat(40),
      user_id: 'x'.repeat(300),
      profile: { name: '  ', username: '@' },
    };
    expect(readMessage(odd, contact).from).toEqual({});
  });

  it('keeps the name of a type it does not know, with its content', () => {
    expect(read('ofFutureType')).toMatchObject({ originalType: 'hologram', payload: { frames: 12 } });
    expect(read('unsupportedPoll')).toMatchObject({
      originalType: 'poll_creation',
      errors: [{ code: 131051, kind: 'invalid', details: 'This kind of message cannot be shown.' }],
    });
    expect(readMessage({ id: 'wamid.X' })).toMatchObject({
      type: 'unsupported',
      originalType: null,
      payload: null,
    });
    expect(readMessage({ type: 'constructor' })).toMatchObject({
      type: 'unsupported',
      payload: null,
      text: '',
    });
  });

  it('tells what a message answers, was forwarded from or is about', () => {
    expect(read('buttonReply').context).toMatchObject({ wamid: 'wamid.QkFLRVJZMDE=', from: '4930555000100' });
    expect(read('textForwarded').context).toMatchObject({
      wamid: null,
      forwarded: true,
      frequentlyForwarded: true,
    });
    expect(read('textAboutProduct').context?.referredProduct).toEqual({
      catalogId: '930000000000401',
      productRetailerId: 'RYE-750',
    });
    expect(read('textFromAdvertisement').referral).toMatchObject({
      source_type: 'ad',
      ctwa_clid: 'click-0001',
    });
    expect(read('textInGroup').groupId).toBe('Gruppe-77');
  });

  it('tells which message a reaction, an edit or a revocation is about', () => {
    expect(read('reaction').targetWamid).toBe('wamid.QkFLRVJZMDE=');
    expect(read('reactionRemoved').targetWamid).toBe('wamid.QkFLRVJZMDE=');
    expect(read('edit').targetWamid).toBe('wamid.TUlSQTA2');
    expect(read('revoke').targetWamid).toBe('wamid.TUlSQTAx');
    expect(
      readMessage({ type: 'text', text: { message_id: 'wamid.X', '': 'wamid.Y' } }).targetWamid,
    ).toBeNull();
  });

  it('describes the file of a media message, also of an edited one', () => {
    expect(read('document').media).toEqual({
      id: '920000000000301',
      url: inboundMessages.document.document.url,
      mimeType: 'application/pdf',
      sha256: Buffer.from(inboundMessages.document.document.sha256, 'base64').toString('hex'),
      fileName: 'order form.pdf',
      caption: 'Filled in',
      voice: false,
      animated: false,
    });
    expect(read('voiceNote').media).toMatchObject({ voice: true });
    expect(read('voicemail').media).toMatchObject({ id: 'wacid.Vk9JQ0U=', url: null, sha256: null });
    expect(read('sticker').media).toMatchObject({ animated: true });
    expect(read('edit').media).toMatchObject({ id: '920000000000301', caption: 'Or this' });
    expect(read('text').media).toBeNull();
  });

  it('replaces NUL and lone surrogates everywhere', () => {
    const message = readMessage(
      {
        id: 'wamid.\u0000',
        type: 'image',
        image: { caption: 'a\u0000b\ud83ec', '\u0000': ['\udfff'], filename: '\u0000.png' },
        context: { id: '\ud800' },
      },
      { profile: { name: 'Eve\u0000', username: '@e\udc00' } },
    );
    expect(JSON.stringify(message)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    expect(message).toMatchObject({
      wamid: 'wamid.\ufffd',
      text: 'a\ufffdb\ufffdc',
      payload: { caption: 'a\ufffdb\ufffdc', '\ufffd': ['\ufffd'] },
      from: { name: 'Eve\ufffd', username: 'e\ufffd' },
    });
  });

  it('keeps whole emoji', () => {
    expect(cleanText('👩‍🍳🥨')).toBe('👩‍🍳🥨');
  });
});

describe('readEcho', () => {
  it('reads what the business sent from its phone, with the customer it went to', () => {
    expect(readEcho(echoes.text, mira.contact)).toMatchObject({
      wamid: 'wamid.RUNITzAx',
      type: 'text',
      text: 'We keep one for you',
      to: { phone: mira.phone, userId: mira.userId, name: 'Mira Vogt' },
    });
    expect(readEcho(echoes.revoke)).toMatchObject({ type: 'revoke', targetWamid: 'wamid.RUNITzAx' });
  });

  it('reads an echo that holds what was sent one level deeper', () => {
    const echo = {
      id: 'wamid.RUNITzAz',
      timestamp: '1785000022',
      message: { to: `+${mira.phone}`, type: 'text', text: { body: 'Ready' } },
    };
    expect(readEcho(echo)).toMatchObject({
      wamid: 'wamid.RUNITzAz',
      text: 'Ready',
      timestamp: new Date(1785000022_000),
      to: { phone: mira.phone },
    });
  });
});

describe('readStatus', () => {
  it('reads a step with the id that was given when sending', () => {
    expect(readStatus(statuses.sent, mira.contact)).toEqual({
      wamid: 'wamid.QkFLRVJZMDE=',
      status: 'sent',
      timestamp: new Date(1785000010_000),
      recipient: {
        phone: mira.phone,
        userId: mira.userId,
        parentUserId: 'DE.ENT.30000000000000000011',
        username: 'mira.backt',
        name: 'Mira Vogt',
      },
      groupId: null,
      callbackData: 'outbox-0001',
      errors: [],
      pricing: statuses.sent.pricing,
      conversation: null,
    });
  });

  it('explains why a message failed in the words of the error table', () => {
    expect(readStatus(statuses.failed)).toMatchObject({
      status: 'failed',
      callbackData: 'outbox-0002',
      recipient: { phone: mira.phone },
      errors: [
        {
          code: 131047,
          kind: 'window',
          meaning: 'The customer last wrote more than 24 hours ago.',
          whatToDo: 'Send a template.',
          details: 'More than a day has passed.',
        },
      ],
    });
    expect(readStatus({ errors: [{ code: 999999999 }, {}, 'x', null] }).errors).toMatchObject([
      { code: 999999999, kind: 'invalid' },
      { code: null, kind: 'invalid' },
    ]);
  });

  it('tells the group and the participant apart', () => {
    expect(readStatus(statuses.readInGroup)).toMatchObject({
      groupId: 'Gruppe-77',
      recipient: { phone: mira.phone, userId: mira.userId },
    });
    const whole = readStatus({ id: 'w', status: 'sent', recipient_type: 'group', recipient_id: '12345' });
    expect(whole.groupId).toBe('12345');
    expect(whole.recipient).toEqual({});
  });

  it('reads the parent id under its old name too', () => {
    expect(readStatus({ parent_recipient_user_id: 'DE.ENT.1' }).recipient.parentUserId).toBe('DE.ENT.1');
  });
});

describe('for any input', () => {
  const anyJson = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>;

  it('the readers never throw and give JSON that a database takes', () => {
    const type = fc.constantFrom(
      'text',
      'image',
      'interactive',
      'contacts',
      'edit',
      'reaction',
      'order',
      'system',
      'new',
    );
    const likeMessage = fc
      .tuple(type, anyJson, anyJson, anyJson)
      .map(([kind, content, context, errors]): Json => ({
        id: 'wamid.X',
        type: kind,
        [kind]: content,
        context,
        errors,
      }));
    fc.assert(
      fc.property(fc.oneof(anyJson, likeMessage), anyJson, (value, contact) => {
        for (const made of [
          readMessage(value, contact),
          readEcho(value, contact),
          readStatus(value, contact),
        ])
          expect(JSON.stringify(made)).not.toMatch(/(?<!\\)(\\\\)*\\u(0000|d[89a-f])/i);
      }),
      { numRuns: 500 },
    );
  });

  it('cleaning changes nothing but NUL and lone surrogates', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        fc.pre(!JSON.stringify(value).includes('\\u0000'));
        expect(cleanJson(value as Json)).toEqual(value);
      }),
    );
  });

  it('an edit inside an edit inside an edit is read to its end', () => {
    let message: Json = { type: 'text', text: { body: 'core' } };
    for (let level = 0; level < 60; level++)
      message = { type: 'edit', edit: { original_message_id: 'w', message } };
    const raw = messagesDelivery({ messages: [{ ...message, id: 'wamid.X' }] });
    const split = splitDelivery(raw);
    if ('malformed' in split) throw new Error(split.malformed);
    expect(readMessage(split.items[0]?.value ?? null)).toMatchObject({ text: 'core', media: null });
  });
});

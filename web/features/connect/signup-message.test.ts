import { expect, test } from 'vitest';
import { readSignupMessage } from './signup-message.ts';

const origins = ['https://www.facebook.com'];
const posted = (content: object, origin = 'https://www.facebook.com') => ({
  origin,
  data: JSON.stringify({ type: 'WA_EMBEDDED_SIGNUP', version: '3', ...content }),
});

test.each(['FINISH', 'FINISH_ONLY_WABA', 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING'])(
  '%s names what was shared',
  (event) => {
    const data = { waba_id: '812', phone_number_id: event === 'FINISH_ONLY_WABA' ? undefined : '913' };
    expect(readSignupMessage(posted({ event, data }), origins)).toEqual({
      kind: 'finished',
      wabaId: '812',
      phoneNumberId: data.phone_number_id ?? null,
    });
  },
);

test('CANCEL and errors say what Meta said', () => {
  expect(readSignupMessage(posted({ event: 'CANCEL', data: { current_step: 'X' } }), origins)).toEqual({
    kind: 'cancelled',
    message: null,
  });
  const failed = posted({ event: 'CANCEL', data: { error_message: 'Too many numbers' } });
  expect(readSignupMessage(failed, origins)).toEqual({ kind: 'cancelled', message: 'Too many numbers' });
});

test.each([
  'https://evil-facebook.com',
  'https://www.facebook.com.evil.example',
  'http://www.facebook.com',
  'https://facebook.com',
  'null',
])('nothing is believed from %s', (origin) => {
  expect(readSignupMessage(posted({ event: 'FINISH', data: { waba_id: '1' } }, origin), origins)).toBeNull();
});

test.each([undefined, {}, 'text', '[]', 'null', '{"type":"other"}', '{'])('%j is no result', (data) => {
  expect(readSignupMessage({ origin: 'https://www.facebook.com', data }, origins)).toBeNull();
});

test('ids that are none are left out', () => {
  const odd = posted({ event: 'FINISH', data: { waba_id: '../1', phone_number_id: 7 } });
  expect(readSignupMessage(odd, origins)).toEqual({ kind: 'finished', wabaId: null, phoneNumberId: null });
});

import { expect, it } from 'vitest';
import { describeDevice } from './describe-device.ts';

it('names browser and system', () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
  expect(describeDevice(firefox)).toEqual({ name: 'Firefox on Linux', kind: 'computer' });
  const phone =
    'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0 Mobile Safari/537.36';
  expect(describeDevice(phone)).toEqual({ name: 'Chrome on Android', kind: 'phone' });
  expect(describeDevice(`${phone} EdgA/146.0`).name).toBe('Edge on Android');
});

it('takes what is no browser for a program', () => {
  expect(describeDevice('curl/8.9.1')).toEqual({ name: 'curl', kind: 'program' });
  expect(describeDevice(null).kind).toBe('program');
});

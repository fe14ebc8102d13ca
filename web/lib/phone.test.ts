import { expect, it } from 'vitest';
import { countryNameOfPhone, formatPhone } from './phone.ts';

it('formats the digits that WhatsApp gives, with and without a plus', () => {
  expect(formatPhone('4930901820')).toBe('+49 30 901820');
  expect(formatPhone('+44 20 7946 0018')).toBe('+44 20 7946 0018');
});

it('leaves what is no phone number as it is', () => {
  expect(formatPhone('12')).toBe('12');
  expect(formatPhone('')).toBe('');
});

it('names the country, or nothing', () => {
  expect(countryNameOfPhone('33612345678')).toBe('France');
  expect(countryNameOfPhone('999')).toBeNull();
});

/** Phone numbers as people write them. WhatsApp gives digits with country code and no plus. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** "+49 30 901820"; what is no valid number comes back as it was. */
export function formatPhone(phone: string): string {
  const digits = phone.trim();
  const parsed = parsePhoneNumberFromString(digits.startsWith('+') ? digits : `+${digits}`);
  return parsed?.isPossible() ? parsed.formatInternational() : digits;
}

/** The two-letter country of a number, or null: "DE". */
export function countryOfPhone(phone: string): string | null {
  const digits = phone.trim();
  return parsePhoneNumberFromString(digits.startsWith('+') ? digits : `+${digits}`)?.country ?? null;
}

const regions = new Intl.DisplayNames(['en'], { type: 'region' });

/** "Germany" for a German number, or null. */
export function countryNameOfPhone(phone: string): string | null {
  const country = countryOfPhone(phone);
  return country ? (regions.of(country) ?? null) : null;
}

/** What the window of Embedded Signup posts to the page that opened it. */

export type SignupResult =
  | { kind: 'finished'; wabaId: string | null; phoneNumberId: string | null }
  | { kind: 'cancelled'; message: string | null };

const FINISHED = new Set([
  'FINISH',
  'FINISH_ONLY_WABA',
  'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING',
  'FINISH_GRANT_ONLY_API_ACCESS',
]);

type Posted = Pick<MessageEvent<unknown>, 'origin' | 'data'>;

/**
 * Reads a message; null for whatever is not the result of Embedded Signup. It must come from exactly one of the origins: another host
 * that ends alike is not Meta. Meta posts JSON as text. The ids are claims that the server checks.
 */
export function readSignupMessage({ origin, data }: Posted, origins: readonly string[]): SignupResult | null {
  if (!origins.includes(origin) || typeof data !== 'string') return null;
  const message = parse(data);
  if (message?.['type'] !== 'WA_EMBEDDED_SIGNUP') return null;
  const details = isRecord(message['data']) ? message['data'] : {};
  if (FINISHED.has(String(message['event'])))
    return {
      kind: 'finished',
      wabaId: idIn(details, 'waba_id'),
      phoneNumberId: idIn(details, 'phone_number_id'),
    };
  const said = details['error_message'];
  return { kind: 'cancelled', message: typeof said === 'string' && said !== '' ? said.slice(0, 300) : null };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function idIn(details: Record<string, unknown>, name: string): string | null {
  const id = details[name];
  return typeof id === 'string' && /^\d{1,32}$/u.test(id) ? id : null;
}

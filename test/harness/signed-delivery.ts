/** Deliveries as Meta posts them: an envelope of text messages, signed over its bytes. */
import { signatureOf } from './deliveries.ts';
import { TEST_APP_SECRET } from './secrets.ts';

export type CustomerText = { wamid: string; from: string; text: string; timestamp: number };

/** The bytes of a delivery with these messages on one number. */
export function deliveryOf(number: { wabaId: string; phoneNumberId: string }, texts: CustomerText[]): string {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550001122', phone_number_id: number.phoneNumberId },
    contacts: [...new Set(texts.map(({ from }) => from))].map((from) => ({
      wa_id: from,
      profile: { name: `Customer ${from}` },
    })),
    messages: texts.map(({ wamid, from, text, timestamp }) => ({
      id: wamid,
      from,
      type: 'text',
      timestamp: String(timestamp),
      text: { body: text },
    })),
  };
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: number.wabaId, changes: [{ field: 'messages', value }] }],
  });
}

/** Posts it. The status of the answer and its headers; rejects when the connection fails or the answer takes too long. */
export async function postDelivery(
  url: string,
  body: string,
  { secret = TEST_APP_SECRET, timeoutMs = 20_000 }: { secret?: string; timeoutMs?: number } = {},
): Promise<{ status: number; headers: Headers }> {
  const response = await fetch(`${url}/webhooks/whatsapp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body, secret) },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.arrayBuffer();
  return { status: response.status, headers: response.headers };
}

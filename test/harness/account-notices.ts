/** Webhooks about accounts, as Meta signs and posts them, at times that a test chooses. */
import { postDelivery } from './signed-delivery.ts';

export type AccountNotice = {
  field: string;
  value: unknown;
  /** Unix seconds of the entry. */
  time: number;
  /** The account, or the partner's portfolio. */
  entryId: string;
};

/** The bytes of one delivery with one notice. */
export function noticeDelivery({ field, value, time, entryId }: AccountNotice): string {
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: entryId, time, changes: [{ value, field }] }],
  });
}

/** Posts it as the install's Meta app; throws unless it is taken. */
export async function postNotice(url: string, notice: AccountNotice): Promise<void> {
  const { status } = await postDelivery(url, noticeDelivery(notice));
  if (status !== 200) throw new Error(`The notice was answered ${String(status)}.`);
}

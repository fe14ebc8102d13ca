/** What is done to a phone number: registering it, its two-step PIN, where its messages go, the past of its WhatsApp Business app. */
import { idAt } from './json.ts';
import type { JsonObject } from './json.ts';
import { objectPath } from './object-path.ts';
import { requireSuccess } from './require-success.ts';
import type { GraphToken, GraphTransport } from './transport.ts';

/** What a number that also lives in the WhatsApp Business app sends once: its contacts, or its chats of up to 180 days. */
export type AppDataKind = 'smb_app_state_sync' | 'history';

export type NumbersApi = {
  /** Makes a number able to send; sets the PIN when it has none. Meta allows ten times in 72 hours. */
  registerNumber(
    token: GraphToken,
    phoneNumberId: string,
    registration: { pin: string; dataLocalizationRegion?: string },
  ): Promise<void>;
  deregisterNumber(token: GraphToken, phoneNumberId: string): Promise<void>;
  /** Sets or replaces the two-step PIN of a registered number; the old one is not asked for. */
  setTwoStepPin(token: GraphToken, phoneNumberId: string, pin: string): Promise<void>;
  /** Has a number's messages go to an address of its own, before the account's and the app's. Meta calls it before it answers. */
  overrideNumberCallback(
    token: GraphToken,
    phoneNumberId: string,
    override: { callbackUri: string; verifyToken: string },
  ): Promise<void>;
  /**
   * Asks for what the WhatsApp Business app holds; it comes by webhook. Meta takes each kind once, within 24 hours of connecting:
   * code 2593107 for a second time, 2593108 for too late. Returns Meta's id of the request.
   */
  requestAppData(token: GraphToken, phoneNumberId: string, kind: AppDataKind): Promise<string | null>;
};

export function numbersApi(transport: GraphTransport): NumbersApi {
  type Post = { path: string; json: JsonObject; secrets?: string[]; repeatable: boolean };
  const post = async (token: GraphToken, call: Post): Promise<void> =>
    requireSuccess(await transport.call({ method: 'POST', token, ...call }), call.repeatable);
  return {
    registerNumber(token, phoneNumberId, { pin, dataLocalizationRegion }) {
      const region =
        dataLocalizationRegion === undefined ? {} : { data_localization_region: dataLocalizationRegion };
      const json = { messaging_product: 'whatsapp', pin, ...region };
      const path = objectPath(phoneNumberId, 'register');
      return post(token, { path, json, secrets: [pin], repeatable: false });
    },
    deregisterNumber(token, phoneNumberId) {
      const json = { messaging_product: 'whatsapp' };
      return post(token, { path: objectPath(phoneNumberId, 'deregister'), json, repeatable: false });
    },
    setTwoStepPin(token, phoneNumberId, pin) {
      const json = { pin };
      return post(token, { path: objectPath(phoneNumberId), json, secrets: [pin], repeatable: true });
    },
    overrideNumberCallback(token, phoneNumberId, { callbackUri, verifyToken }) {
      const override = { override_callback_uri: callbackUri, verify_token: verifyToken };
      const json = { webhook_configuration: override };
      return post(token, {
        path: objectPath(phoneNumberId),
        json,
        secrets: [verifyToken],
        repeatable: true,
      });
    },
    async requestAppData(token, phoneNumberId, kind) {
      const json = { messaging_product: 'whatsapp', sync_type: kind };
      const path = objectPath(phoneNumberId, 'smb_app_data');
      return idAt(
        await transport.call({ method: 'POST', path, token, json, repeatable: true }),
        'request_id',
      );
    },
  };
}

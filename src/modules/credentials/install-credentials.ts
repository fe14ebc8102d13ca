/** What the operator configured for the whole install, or the simulator in its place. Read once, at the start. */
import type { Config } from '../../config.ts';

/** Meta's app ids are digits; this one cannot be anybody's. */
export const SIMULATED_APP_ID = '100000000000001';

/** Who may use which of them is decided in config-loader.ts. */
export type InstallCredentials = {
  /** Where the app's id and secret come from; null: there is no app. */
  appSource: 'environment' | 'simulator' | null;
  appId: string | null;
  appSecret: string | null;
  /** Of the install's own webhook; generated when the operator gave none. */
  verifyToken: string;
  callbackUrl: string | null;
  redirectUrl: string | null;
  /** The operator's own number: only the organizations of the install's admins may use these three. */
  accessToken: string | null;
  phoneId: string | null;
  wabaId: string | null;
};

/** Without a Meta app of the operator’s the simulator’s takes its place, when it is on. */
export function readInstallCredentials(
  { metaAppId, simulator, whatsapp }: Pick<Config, 'metaAppId' | 'simulator' | 'whatsapp'>,
  secrets: { appSecret: string | null; verifyToken: string; whatsappToken: string | null },
): InstallCredentials {
  const appSource = metaAppId !== null ? 'environment' : simulator ? 'simulator' : null;
  return {
    appSource,
    appId: metaAppId ?? (simulator ? SIMULATED_APP_ID : null),
    appSecret: appSource === null ? null : secrets.appSecret,
    verifyToken: secrets.verifyToken,
    callbackUrl: whatsapp.callbackUrl,
    redirectUrl: whatsapp.redirectUrl,
    accessToken: secrets.whatsappToken,
    phoneId: whatsapp.phoneId,
    wabaId: whatsapp.wabaId,
  };
}

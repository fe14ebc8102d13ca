/** The Meta app through which an organization connects its accounts, and where Meta's dialogs are. */
import type { App } from '../../app.ts';
import type { AppCredentials } from '../../graph-api/oauth-api.ts';
import { AppError } from '../../platform/errors.ts';
import { ConfigLoader } from '../credentials/config-loader.ts';

const FACEBOOK = 'https://www.facebook.com';
/** Who posts the result of Embedded Signup: exactly these, never any host that ends alike. */
const FACEBOOK_ORIGINS = [FACEBOOK, 'https://web.facebook.com', 'https://business.facebook.com'];
const FACEBOOK_SDK = 'https://connect.facebook.net/en_US/sdk.js';

export type MetaApp = AppCredentials & {
  /** Where the dialog sends the browser back to; Meta compares it letter by letter. */
  redirectUri: string;
  dialogUrl: string;
  /** Null when Embedded Signup is not configured. */
  embeddedSignup: { configId: string; sdkUrl: string; origins: string[] } | null;
  /** Where messages go instead of the app's own callback; null for none. */
  callback: { callbackUri: string; verifyToken: string } | null;
};

/** The simulator of this process plays the dialog too. */
function isSimulated(app: App): boolean {
  return app.config.graph.apiUrl === null;
}

function embeddedSignupOf(app: App, loader: ConfigLoader): MetaApp['embeddedSignup'] {
  const { publicUrl, metaConfigId } = app.config;
  if (isSimulated(app))
    return { configId: 'simulated', sdkUrl: `${publicUrl}/simulator/dialog/sdk.js`, origins: [publicUrl] };
  // The install's configuration belongs to the install's app.
  const installs = loader.getSource('app_id') === 'environment' ? metaConfigId : null;
  const configId = loader.getEmbeddedSignupConfigId() ?? installs;
  return configId === null ? null : { configId, sdkUrl: FACEBOOK_SDK, origins: FACEBOOK_ORIGINS };
}

function callbackOf(loader: ConfigLoader): MetaApp['callback'] {
  const callbackUri = loader.getCallbackUrl();
  const verifyToken = loader.getVerifyToken();
  return callbackUri === null || verifyToken === null ? null : { callbackUri, verifyToken };
}

/** Null when no Meta app is configured, neither for the organization nor for the install. */
export async function findMetaApp(app: App, organizationId: string): Promise<MetaApp | null> {
  const loader = await ConfigLoader.load(app, organizationId);
  const appId = loader.getAppId();
  const appSecret = loader.getAppSecret();
  if (appId === null || appSecret === null) return null;
  const { graph, publicUrl } = app.config;
  return {
    appId,
    appSecret,
    redirectUri: loader.getRedirectUrl() ?? `${publicUrl}/connect/callback`,
    dialogUrl: isSimulated(app)
      ? `${publicUrl}/simulator/dialog/oauth`
      : `${FACEBOOK}/${graph.apiVersion}/dialog/oauth`,
    embeddedSignup: embeddedSignupOf(app, loader),
    callback: callbackOf(loader),
  };
}

/** Throws `waba.app_not_configured` with what to do. */
export async function getMetaApp(app: App, organizationId: string): Promise<MetaApp> {
  const found = await findMetaApp(app, organizationId);
  if (found) return found;
  throw new AppError(
    'waba.app_not_configured',
    409,
    'No Meta app is configured. Set FB_APP_ID and FB_APP_SECRET, or enter your own app under Settings → Credentials.',
  );
}

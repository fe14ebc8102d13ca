/**
 * Meta's JavaScript SDK, which Embedded Signup needs. Loaded only on its own page, whose content security policy lets it in; with the
 * simulator the same names come from this server.
 */
import type { ConsentStart } from './queries.ts';

type LoginAnswer = { authResponse: { code?: string } | null };
type FacebookSdk = {
  init(options: { appId: string; version: string; xfbml: boolean; autoLogAppEvents: boolean }): void;
  login(callback: (answer: LoginAnswer) => void, options: Record<string, unknown>): void;
};
type TrustedScripts = {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL: (url: string) => string };
};

declare global {
  interface Window {
    FB?: FacebookSdk;
    fbAsyncInit?: () => void;
    trustedTypes?: TrustedScripts;
  }
}

export type Sdk = NonNullable<ConsentStart['sdk']>;

/** The page's policy takes script addresses only from a named rule: the one address that the server gave. */
function trusted(url: string): string {
  const allow = (wanted: string): string => {
    if (wanted !== url) throw new TypeError('Only the SDK is loaded here.');
    return wanted;
  };
  return (
    window.trustedTypes?.createPolicy('facebook-sdk', { createScriptURL: allow }).createScriptURL(url) ?? url
  );
}

/** Loads and prepares the SDK. Rejects when it cannot be loaded, such as behind a content blocker. */
export function loadSdk(sdk: Sdk): Promise<FacebookSdk> {
  return new Promise((resolve, reject) => {
    window.fbAsyncInit = () => {
      const loaded = window.FB;
      if (!loaded) return reject(new Error('The SDK did not start.'));
      loaded.init({ appId: sdk.app_id, version: sdk.graph_version, xfbml: false, autoLogAppEvents: false });
      resolve(loaded);
    };
    const script = document.createElement('script');
    script.src = trusted(sdk.url);
    script.async = true;
    script.crossOrigin = 'anonymous';
    script.onerror = () => reject(new Error('The SDK could not be loaded.'));
    document.head.append(script);
  });
}

/** Opens Meta's window; null when the person closed it. Call it in a click, or the browser blocks the window. */
export function openSignup(loaded: FacebookSdk, sdk: Sdk): Promise<string | null> {
  return new Promise((resolve) => {
    loaded.login((answer) => resolve(answer.authResponse?.code ?? null), {
      config_id: sdk.config_id,
      response_type: 'code',
      override_default_response_type: true,
      extras: { setup: {}, featureType: '', sessionInfoVersion: '3' },
    });
  });
}

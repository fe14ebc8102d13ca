/** Which app hears of a WABA: `/{waba}/subscribed_apps`, and the app's own callback: `/{app}/subscriptions`. */
import { appWebhookUrl, isCallbackAllowed } from '../simulation.ts';
import { answersHandshake } from '../webhooks/publish-update.ts';
import { verifyCallback } from './accounts.ts';
import { GraphApiError, unknownObject } from './graph-error.ts';
import { getAccount } from './graph-request.ts';
import type { GraphRequest } from './graph-request.ts';

/** Subscribes the token's app. Without an override in the body, an existing one is removed, as Meta has it. */
export async function subscribe(request: GraphRequest): Promise<unknown> {
  const account = getAccount(request);
  const uri = request.params['override_callback_uri'];
  const verifyToken = String(request.params['verify_token'] ?? '');
  const override = typeof uri === 'string' && uri !== '' ? { uri, verify_token: verifyToken } : null;
  if (override) await verifyCallback(request, override.uri, override.verify_token);
  account.subscriptions[request.token.app_id] = { override };
  request.sim.changed();
  return { success: true };
}

export function listSubscriptions(request: GraphRequest): unknown {
  const account = getAccount(request);
  return {
    data: Object.entries(account.subscriptions).map(([appId, { override }]) => ({
      whatsapp_business_api_data: {
        id: appId,
        link: `https://www.facebook.com/games/?app_id=${appId}`,
        name: 'Switchboard on your own machine',
      },
      ...(override ? { override_callback_uri: override.uri } : {}),
    })),
  };
}

export function unsubscribe(request: GraphRequest): unknown {
  const account = getAccount(request);
  delete account.subscriptions[request.token.app_id];
  request.sim.changed();
  return { success: true };
}

/** `POST /{app}/subscriptions` with an app token: the app's default callback. */
export async function setAppCallback(request: GraphRequest): Promise<unknown> {
  const app = request.sim.state.apps[request.path[0] ?? ''];
  if (!app) throw unknownObject(request.path[0] ?? '', request.method);
  if (request.token.type !== 'APP' || request.token.app_id !== app.id)
    throw new GraphApiError(15, { message: '(#15) This method must be called with an app access_token.' });
  const uri = String(request.params['callback_url'] ?? '');
  const verifyToken = String(request.params['verify_token'] ?? '');
  if (!isCallbackAllowed(request.sim, uri) || !(await answersHandshake(uri, verifyToken)))
    throw new GraphApiError(100, {
      message: "(#100) The callback URL or verify token couldn't be validated.",
      subcode: 2200,
    });
  app.webhook_url = uri;
  app.verify_token = verifyToken;
  request.sim.changed();
  return { success: true };
}

export function getAppCallback(request: GraphRequest): unknown {
  const app = request.sim.state.apps[request.path[0] ?? ''];
  if (!app) throw unknownObject(request.path[0] ?? '', request.method);
  return {
    data: [
      {
        object: 'whatsapp_business_account',
        callback_url: appWebhookUrl(request.sim, app.id),
        active: true,
        fields: [{ name: 'messages', version: 'v25.0' }],
      },
    ],
  };
}

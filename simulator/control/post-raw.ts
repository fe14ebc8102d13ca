/** Posts a webhook of somebody's own making once, as it is: broken, unsigned, or signed by another. */
import { randomUUID } from 'node:crypto';

import { appWebhookUrl, isCallbackAllowed } from '../simulation.ts';
import type { Simulation } from '../simulation.ts';
import type { DeliveryTry } from '../webhooks/delivery-log.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { signBody } from '../webhooks/sign.ts';
import { ControlError } from './control-error.ts';

export type RawWebhook = {
  /** Text is posted byte for byte, anything else as JSON. */
  body: unknown;
  /** `valid` (default), `wrong`, `none`, or the value of the header. */
  signature?: string;
  /** Default: the app's own callback. */
  url?: string;
  app_id?: string;
};

/** Returns the answer. Throws ControlError for an app or address that there is not. */
export async function postRaw(sim: Simulation, engine: WebhookEngine, raw: RawWebhook): Promise<DeliveryTry> {
  const appId = raw.app_id ?? sim.options.appId;
  const app = sim.state.apps[appId];
  const url = raw.url ?? appWebhookUrl(sim, appId);
  if (!app || url === null) throw new ControlError(404, `There is no app ${appId} with a callback.`);
  if (raw.url !== undefined && !isCallbackAllowed(sim, raw.url))
    throw new ControlError(400, 'url is not an address that this simulator may contact.');
  const body = Buffer.from(typeof raw.body === 'string' ? raw.body : JSON.stringify(raw.body ?? null));
  const given = raw.signature ?? 'valid';
  const signatures: Record<string, string | null> = {
    valid: signBody(body, app.secret),
    wrong: signBody(body, `${app.secret}, but another`),
    none: null,
  };
  const signature = Object.hasOwn(signatures, given) ? (signatures[given] ?? null) : given;
  const timeout = sim.timing.webhookTimeout;
  const answer = await engine.poster.post({ url, body, secret: app.secret, timeout, signature });
  const at = sim.clock.now().toISOString();
  const tried: DeliveryTry = {
    ...answer,
    id: randomUUID(),
    app_id: appId,
    url,
    at,
    try: 1,
    about: 'a raw body',
    updates: 1,
    body: body.toString('utf8'),
  };
  engine.log.record(tried);
  return tried;
}

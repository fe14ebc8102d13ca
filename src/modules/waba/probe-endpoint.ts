/**
 * Asks our own webhook address the way Meta does: through PUBLIC_URL, a handshake and a signed delivery that holds nothing. What must
 * stay true: it takes no longer than its limit, and an answer is believed only when it shows that this install gave it.
 */
import { randomInt } from 'node:crypto';
import type { App } from '../../app.ts';
import { sign } from '../../graph-api/signature.ts';
import { ask } from '../../platform/http/ask.ts';
import { isLoopbackHost } from '../../platform/loopback.ts';
import { ConfigLoader } from '../credentials/config-loader.ts';
import type { EndpointReading } from './rules-check.ts';

const LIMIT_MS = 5_000;
/** What Meta's dashboard calls a test: an envelope without entries. */
const NOTHING = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });

/** A webhook address with what proves it ours; null where there is none. */
export type Endpoint = { url: string; verifyToken: string | null; appSecret: string | null };

/** The address at which an organization's messages arrive: its own when it has a Meta app of its own, else the install's. */
export async function endpointOf(app: App, organizationId: string): Promise<Endpoint> {
  const loader = await ConfigLoader.load(app, organizationId);
  const isOwn = loader.getSource('app_secret') === 'database';
  const base = `${app.config.publicUrl}/webhooks/whatsapp`;
  return {
    url: isOwn ? `${base}/${encodeURIComponent(organizationId)}` : base,
    verifyToken: isOwn ? loader.getOwnVerifyToken() : app.webhook.verifyToken,
    appSecret: loader.getAppSecret() ?? app.webhook.appSecrets[0] ?? null,
  };
}

async function shakeHands({ url, verifyToken }: Endpoint): Promise<EndpointReading['address']> {
  const challenge = String(randomInt(1_000_000_000));
  const address = new URL(url);
  address.searchParams.set('hub.mode', 'subscribe');
  address.searchParams.set('hub.challenge', challenge);
  address.searchParams.set('hub.verify_token', verifyToken ?? '');
  const answer = await ask(address.href, { limitMs: LIMIT_MS, mostCharacters: 100 });
  if (answer === null) return 'unreachable';
  return answer.status === 200 && answer.text.trim() === challenge ? 'ok' : 'foreign';
}

async function deliverNothing(url: string, appSecret: string): Promise<EndpointReading['secret']> {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': sign(NOTHING, appSecret) };
  const limits = { limitMs: LIMIT_MS, mostCharacters: 100 };
  const answer = await ask(url, { method: 'POST', headers, body: NOTHING, ...limits });
  if (answer?.status === 200) return 'ok';
  return answer?.status === 401 || answer?.status === 403 ? 'refused' : 'unknown';
}

/** Without a verify token of its own an address is known by whether it takes a signed delivery. */
export async function probeEndpoint(endpoint: Endpoint): Promise<EndpointReading> {
  const { url, verifyToken, appSecret } = endpoint;
  const isLocal = isLoopbackHost(new URL(url).hostname);
  const shaken = await shakeHands(endpoint);
  const secret =
    shaken === 'unreachable' || appSecret === null ? 'unknown' : await deliverNothing(url, appSecret);
  const address = shaken === 'foreign' && verifyToken === null && secret === 'ok' ? 'ok' : shaken;
  return { url, isLocal, address, secret };
}

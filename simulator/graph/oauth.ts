/** Codes and tokens: `/oauth/access_token` and `/debug_token`. */
import { accessToken } from '../messages/ids.ts';
import type { Simulation } from '../simulation.ts';
import type { App, Code, Token } from '../state/state.ts';
import { GraphApiError } from './graph-error.ts';
import { checkToken } from './graph-request.ts';
import type { RawParameters } from './graph-request.ts';

const SHORT_LIVED_SECONDS = 3_600;
const LONG_LIVED_SECONDS = 5_184_000;

export const SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging', 'public_profile'];

export type TokenGrant = {
  appId: string;
  wabaIds: string[] | null;
  type?: Token['type'];
  /** Seconds; never by default. */
  expiresIn?: number | null;
  /** The text itself, for tokens that must stay the same. */
  token?: string;
  /** Default: everything that messages need. */
  scopes?: string[];
};

export function issueToken(sim: Simulation, grant: TokenGrant): Token {
  const token: Token = {
    token: grant.token ?? accessToken(),
    app_id: grant.appId,
    type: grant.type ?? 'SYSTEM_USER',
    waba_ids: grant.wabaIds,
    scopes: grant.scopes ?? SCOPES,
    issued_at: sim.now(),
    expires_at: grant.expiresIn == null ? null : sim.now() + grant.expiresIn * 1000,
    revoked: null,
  };
  sim.state.tokens[token.token] = token;
  sim.changed();
  return token;
}

/** `GET|POST /oauth/access_token` in its three uses. `onCode` hears of a code that became a token. */
export function exchangeToken(
  sim: Simulation,
  { params }: RawParameters,
  onCode: (code: Code) => void,
): unknown {
  const app = sim.state.apps[String(params['client_id'] ?? '')];
  if (!app)
    throw new GraphApiError(101, { message: 'Error validating application. Cannot get application info.' });
  const grantType = params['grant_type'];
  if (params['client_secret'] !== app.secret)
    throw new GraphApiError(1, { message: 'Error validating client secret.' });
  if (grantType === 'client_credentials')
    return { access_token: `${app.id}|${app.secret}`, token_type: 'bearer' };
  if (grantType === 'fb_exchange_token')
    return exchangeLongLived(sim, app, String(params['fb_exchange_token'] ?? ''));
  const code = useCode(sim, app, params);
  const type = code.token_type ?? 'SYSTEM_USER';
  const expiresIn = type === 'USER' ? SHORT_LIVED_SECONDS : null;
  const token = issueToken(sim, { appId: app.id, wabaIds: code.waba_ids, type, expiresIn });
  onCode(code);
  return {
    access_token: token.token,
    token_type: 'bearer',
    ...(expiresIn === null ? {} : { expires_in: expiresIn }),
  };
}

function exchangeLongLived(sim: Simulation, app: App, given: string): unknown {
  const old = checkToken(sim, given);
  if (old.app_id !== app.id)
    throw new GraphApiError(100, { message: '(#100) The token does not belong to this application.' });
  const token = issueToken(sim, {
    appId: old.app_id,
    wabaIds: old.waba_ids,
    type: 'USER',
    expiresIn: LONG_LIVED_SECONDS,
  });
  return { access_token: token.token, token_type: 'bearer', expires_in: LONG_LIVED_SECONDS };
}

/** A code works once, within its time, for its app, and with the redirect_uri it was made for. */
function useCode(sim: Simulation, app: App, params: Record<string, unknown>): Code {
  const code = sim.state.codes[String(params['code'] ?? '')];
  if (!code || code.app_id !== app.id)
    throw new GraphApiError(100, { message: 'Invalid verification code format.', subcode: 36007 });
  if (code.used)
    throw new GraphApiError(100, { message: 'This authorization code has been used.', subcode: 36009 });
  if (code.expires_at <= sim.now())
    throw new GraphApiError(100, { message: 'This authorization code has expired.', subcode: 36007 });
  const redirectUri = String(params['redirect_uri'] ?? '');
  if (redirectUri !== (code.redirect_uri ?? ''))
    throw new GraphApiError(100, {
      message:
        'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in ' +
        'the OAuth dialog request',
      subcode: 36008,
    });
  code.used = true;
  sim.changed();
  return code;
}

/** `GET /debug_token`: with an app token, or a token of the same app. */
export function debugToken(sim: Simulation, input: string): unknown {
  try {
    const token = checkToken(sim, input);
    const targets = token.waba_ids === null ? {} : { target_ids: [...token.waba_ids].reverse() };
    return {
      data: {
        app_id: token.app_id,
        type: token.type,
        application: 'Switchboard on your own machine',
        data_access_expires_at: 0,
        expires_at: token.expires_at === null ? 0 : Math.floor(token.expires_at / 1000),
        issued_at: Math.floor(token.issued_at / 1000),
        is_valid: true,
        scopes: token.scopes,
        granular_scopes: token.scopes
          .filter((scope) => scope.startsWith('whatsapp'))
          .map((scope) => ({ scope, ...targets })),
        user_id: '122000000000001',
      },
    };
  } catch (error) {
    if (!(error instanceof GraphApiError)) throw error;
    const { code, message, error_subcode: subcode } = error.body['error'] as Record<string, unknown>;
    const shown = subcode === undefined ? { code, message } : { code, message, subcode };
    return { data: { error: shown, is_valid: false, scopes: [] } };
  }
}

/**
 * Access tokens: trading a sign-in code for one, and asking Meta what one is good for.
 * Must stay true: the app secret travels in a body or a header, never in an address. Meta takes the inspected token only
 * in the address of `debug_token`, so that address is never put into an error or a log.
 */
import { unusableAnswer } from './answer.ts';
import { GraphError } from './graph-error.ts';
import { booleanAt, idAt, isJsonObject, listAt, numberAt, objectAt, secondsAt, textAt } from './json.ts';
import type { Json } from './json.ts';
import type { GraphTransport } from './transport.ts';

/** A Meta app by its id and secret. */
export type AppCredentials = { appId: string; appSecret: string };

export type ExchangedToken = {
  accessToken: string;
  tokenType: string;
  /** Seconds from now; null for a token without end. */
  expiresInSeconds: number | null;
};

export type TokenInfo = {
  isValid: boolean;
  appId: string | null;
  /** SYSTEM_USER, USER, PAGE, APP or newer words. */
  type: string | null;
  userId: string | null;
  /** Null for a token without end. */
  expiresAt: Date | null;
  dataAccessExpiresAt: Date | null;
  scopes: string[];
  /** `targetIds` are WABA ids; null when the scope covers all assets. */
  granularScopes: { scope: string; targetIds: string[] | null }[];
  /** Why a token is not valid. */
  error: { code: number | null; subcode: number | null } | null;
};

export type OAuthApi = {
  /**
   * Trades a code for a token. The code of Embedded Signup lives 30 seconds and works once: never repeat after
   * `temporary_unknown`. `redirectUri` must equal the dialog's; leave it out for the JavaScript SDK.
   */
  exchangeCode(app: AppCredentials, grant: { code: string; redirectUri?: string }): Promise<ExchangedToken>;
  /** Trades a user's token of an hour for one of about 60 days. */
  extendToken(app: AppCredentials, accessToken: string): Promise<ExchangedToken>;
  /** What a token may do. An invalid token is an answer (`isValid: false`), not an error. */
  debugToken(app: AppCredentials, inputToken: string): Promise<TokenInfo>;
};

export function oauthApi(transport: GraphTransport): OAuthApi {
  return {
    async exchangeCode({ appId, appSecret }, { code, redirectUri }) {
      const redirect = redirectUri === undefined ? {} : { redirect_uri: redirectUri };
      try {
        const answer = await transport.call({
          method: 'POST',
          path: '/oauth/access_token',
          token: null,
          repeatable: false,
          secrets: [appSecret, code],
          json: { client_id: appId, client_secret: appSecret, code, ...redirect },
        });
        return readExchanged(answer);
      } catch (error) {
        throw error instanceof GraphError ? aboutSignIn(error) : error;
      }
    },
    async extendToken({ appId, appSecret }, accessToken) {
      const answer = await transport.call({
        method: 'POST',
        path: '/oauth/access_token',
        token: null,
        repeatable: true,
        secrets: [appSecret, accessToken],
        json: {
          grant_type: 'fb_exchange_token',
          client_id: appId,
          client_secret: appSecret,
          fb_exchange_token: accessToken,
        },
      });
      return readExchanged(answer);
    },
    async debugToken({ appId, appSecret }, inputToken) {
      const answer = await transport.call({
        method: 'GET',
        path: '/debug_token',
        token: { accessToken: `${appId}|${appSecret}` },
        repeatable: true,
        query: { input_token: inputToken },
        secrets: [appSecret, inputToken],
      });
      return readTokenInfo(answer);
    },
  };
}

function readExchanged(answer: Json): ExchangedToken {
  const accessToken = textAt(answer, 'access_token');
  if (accessToken === null) throw unusableAnswer('no_access_token', { httpStatus: 200, repeatable: false });
  return {
    accessToken,
    tokenType: textAt(answer, 'token_type') ?? 'bearer',
    expiresInSeconds: numberAt(answer, 'expires_in'),
  };
}

/** Meta answers code 1 to a wrong app secret; and an unknown outcome here concerns a sign-in, not a message. */
function aboutSignIn(error: GraphError): GraphError {
  if (!error.outcomeUnknown) return error;
  const { kind, code, httpStatus, reason, fbtraceId, details } = error;
  return new GraphError({
    kind: code === 1 ? 'invalid' : kind,
    meaning:
      code === 1
        ? 'Meta refused the sign-in code or the app.'
        : 'Meta gave no usable answer to the sign-in code.',
    whatToDo:
      code === 1
        ? 'Check the id and the secret of the app, then start connecting again.'
        : 'Start connecting again.',
    ...(code === null ? {} : { code }),
    ...(httpStatus === null ? {} : { httpStatus }),
    ...(reason === null ? {} : { reason }),
    ...(fbtraceId === null ? {} : { fbtraceId }),
    ...(details === null ? {} : { details }),
  });
}

function readTokenInfo(answer: Json): TokenInfo {
  const data = objectAt(answer, 'data');
  if (data === null) throw unusableAnswer('no_data', { httpStatus: 200, repeatable: true });
  const error = objectAt(data, 'error');
  return {
    isValid: booleanAt(data, 'is_valid') === true,
    appId: idAt(data, 'app_id'),
    type: textAt(data, 'type'),
    userId: idAt(data, 'user_id'),
    expiresAt: endOf(data, 'expires_at'),
    dataAccessExpiresAt: endOf(data, 'data_access_expires_at'),
    scopes: texts(listAt(data, 'scopes')),
    granularScopes: (listAt(data, 'granular_scopes') ?? []).filter(isJsonObject).map((entry) => {
      const targets = listAt(entry, 'target_ids');
      return { scope: textAt(entry, 'scope') ?? '', targetIds: targets && texts(targets) };
    }),
    error: error && { code: numberAt(error, 'code'), subcode: numberAt(error, 'subcode') },
  };
}

/** Zero means "no end". */
function endOf(data: Json, key: string): Date | null {
  return numberAt(data, key) === 0 ? null : secondsAt(data, key);
}

function texts(list: Json[] | null): string[] {
  return (list ?? []).flatMap((entry) =>
    typeof entry === 'string' || typeof entry === 'number' ? [String(entry)] : [],
  );
}

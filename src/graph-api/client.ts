/**
 * The client of Meta's Graph API for WhatsApp: one object, one pool of connections, no state besides.
 * Every call throws `GraphError`, whose `kind` alone decides whether it may be repeated.
 */
import { accountsApi } from './accounts-api.ts';
import type { AccountsApi } from './accounts-api.ts';
import { mediaApi } from './media-api.ts';
import type { MediaApi } from './media-api.ts';
import { messagesApi } from './messages-api.ts';
import type { MessagesApi } from './messages-api.ts';
import { numbersApi } from './numbers-api.ts';
import type { NumbersApi } from './numbers-api.ts';
import { oauthApi } from './oauth-api.ts';
import type { OAuthApi } from './oauth-api.ts';
import { templatesApi } from './templates-api.ts';
import type { TemplatesApi } from './templates-api.ts';
import { createGraphTransport } from './transport.ts';
import type { GraphClientOptions } from './transport.ts';

export type { GraphClientOptions, GraphToken } from './transport.ts';

export type GraphClient = MessagesApi &
  AccountsApi &
  NumbersApi &
  OAuthApi &
  MediaApi &
  TemplatesApi & {
    /** Lets running calls end, then closes all connections. */
    close(): Promise<void>;
  };

/** Throws a TypeError when the address or the version cannot be used. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const transport = createGraphTransport(options);
  return {
    ...messagesApi(transport),
    ...accountsApi(transport),
    ...numbersApi(transport),
    ...oauthApi(transport),
    ...mediaApi(transport),
    ...templatesApi(transport),
    close: () => transport.close(),
  };
}

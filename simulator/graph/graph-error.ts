/** An error answer of the Graph API, in Meta's shape. */
import { traceId } from '../messages/ids.ts';
import { graphErrorStatus, graphErrorTitle } from './error-catalogue.ts';

export type GraphErrorOptions = {
  /** Replaces "(#code) title". */
  message?: string;
  /** Goes into `error_data.details`, as errors about messages have it. */
  details?: string;
  subcode?: number;
  status?: number;
  type?: 'OAuthException' | 'GraphMethodException';
};

export class GraphApiError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(code: number, options: GraphErrorOptions = {}) {
    const message = options.message ?? `(#${code}) ${graphErrorTitle(code)}`;
    super(message);
    this.name = 'GraphApiError';
    this.status = options.status ?? graphErrorStatus(code);
    this.body = {
      error: {
        message,
        type: options.type ?? 'OAuthException',
        code,
        ...(options.details === undefined
          ? {}
          : { error_data: { messaging_product: 'whatsapp', details: options.details } }),
        ...(options.subcode === undefined ? {} : { error_subcode: options.subcode }),
        fbtrace_id: traceId(),
      },
    };
  }
}

/** The answer for an object that does not exist or that the token may not see: Meta makes no difference. */
export function unknownObject(id: string, method: string): GraphApiError {
  const verb = method === 'GET' ? 'get' : method === 'DELETE' ? 'delete' : 'post';
  return new GraphApiError(100, {
    message:
      `Unsupported ${verb} request. Object with ID '${id}' does not exist, cannot be loaded due to missing ` +
      'permissions, or does not support this operation. Please read the Graph API documentation at ' +
      'https://developers.facebook.com/docs/graph-api',
    subcode: 33,
    type: 'GraphMethodException',
  });
}

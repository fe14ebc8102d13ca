/** One try of one webhook: signs the raw bytes, posts them, never takes longer than its limit, never throws. */
import { Agent, request } from 'undici';

import { signBody } from './sign.ts';

export type WebhookAnswer = {
  status: number | null;
  body: string;
  error: string | null;
  duration_ms: number;
};

export type WebhookPost = {
  url: string;
  body: Buffer;
  secret: string;
  timeout: number;
  /** Replaces the header, or leaves it out when null. */
  signature?: string | null;
};

export type WebhookPoster = { post(webhook: WebhookPost): Promise<WebhookAnswer>; close(): Promise<void> };

const KEPT_ANSWER = 2_000;

export function webhookPoster(): WebhookPoster {
  const agent = new Agent({ connections: 64, keepAliveTimeout: 4_000 });
  return {
    async post(webhook) {
      const started = performance.now();
      const took = () => Math.round(performance.now() - started);
      const signature =
        webhook.signature === undefined ? signBody(webhook.body, webhook.secret) : webhook.signature;
      try {
        const answer = await request(webhook.url, {
          method: 'POST',
          dispatcher: agent,
          signal: AbortSignal.timeout(webhook.timeout),
          headers: {
            'content-type': 'application/json',
            'user-agent': 'facebookexternalua',
            ...(signature === null ? {} : { 'x-hub-signature-256': signature }),
          },
          body: webhook.body,
        });
        const text = await answer.body.text();
        return {
          status: answer.statusCode,
          body: text.slice(0, KEPT_ANSWER),
          error: null,
          duration_ms: took(),
        };
      } catch (error) {
        return { status: null, body: '', error: describe(error), duration_ms: took() };
      }
    },
    close: () => agent.destroy(),
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  return code ? `${code}: ${error.message}` : error.message;
}

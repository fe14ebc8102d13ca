/**
 * For tests: a business with a webhook endpoint of its own (real HTTP on a free port) and a simulator that talks to it.
 * The endpoint answers what the test tells it to and keeps every body as the raw bytes that came.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { DeclaredAccount } from '../control/accounts.ts';
import type { SimulatorOptions } from '../options.ts';
import { startSimulator } from '../start-simulator.ts';
import type { RunningSimulator } from '../start-simulator.ts';

export type Delivery = { body: Buffer; json: Envelope; signature: string | undefined; path: string };

export type Envelope = {
  object: string;
  entry: { id: string; time?: number; changes: { field: string; value: Value }[] }[];
};

export type Value = {
  metadata?: { display_phone_number: string; phone_number_id: string };
  contacts?: Record<string, unknown>[];
  messages?: (Record<string, unknown> & { id: string; type: string })[];
  statuses?: (Record<string, unknown> & { id: string; status: string })[];
};

export type Business = {
  url: string;
  deliveries: Delivery[];
  /** HTTP statuses of the next answers; afterwards 200. */
  answers: number[];
  /** The verify token that the handshake must show. */
  verifyToken: string;
  /** All updates that arrived, in order. */
  values(): Value[];
  close(): Promise<void>;
};

export const APP_SECRET = 'secret-of-the-test-app';

export async function startBusiness(): Promise<Business> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET') {
      const fits = url.searchParams.get('hub.verify_token') === business.verifyToken;
      response.writeHead(fits ? 200 : 403).end(fits ? url.searchParams.get('hub.challenge') : 'no');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const signature = request.headers['x-hub-signature-256'];
      const json = JSON.parse(body.toString('utf8')) as Envelope;
      business.deliveries.push({ body, json, signature: String(signature), path: url.pathname });
      response.writeHead(business.answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const business: Business = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    deliveries: [],
    answers: [],
    verifyToken: 'verify-me',
    values: () =>
      business.deliveries.flatMap((one) =>
        one.json.entry.flatMap((entry) => entry.changes.map((c) => c.value)),
      ),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return business;
}

export type Scene = {
  business: Business;
  simulator: RunningSimulator;
  account: DeclaredAccount;
  /** Calls the Graph API with the account's token. */
  graph(path: string, options?: GraphOptions): Promise<GraphAnswer>;
  /** Posts a text to Mara, with more keys if given. */
  sendText(text: string, more?: Record<string, unknown>): Promise<GraphAnswer>;
  /** The statuses that arrived, in order. */
  statuses(): string[];
  [Symbol.asyncDispose](): Promise<void>;
};

export type GraphOptions = { method?: string; token?: string | null; body?: unknown };
export type GraphAnswer = { status: number; json: Record<string, unknown>; headers: Headers };

/** Statuses follow each other within milliseconds, retries as well. */
export const QUICK = { sent: 5, delivered: 10, read: 15, retry: [0, 5, 5], templateReview: 5 };

export const MARA = '+49 1515 5501234';

export async function startScene(options: Partial<SimulatorOptions> = {}): Promise<Scene> {
  const business = await startBusiness();
  const simulator = await startSimulator({
    appId: '880011223344556',
    appSecret: APP_SECRET,
    verifyToken: business.verifyToken,
    webhookUrl: business.url,
    stateFile: null,
    ...options,
    timing: { ...QUICK, ...options.timing },
  });
  const account = simulator.control.declareAccount({ name: 'Harbour Bikes' });

  async function graph(
    path: string,
    { method = 'GET', token, body }: GraphOptions = {},
  ): Promise<GraphAnswer> {
    const bearer = token === undefined ? account.access_token : token;
    const isForm = body instanceof FormData || body instanceof URLSearchParams;
    const answer = await fetch(`${simulator.graphUrl}/v25.0/${path}`, {
      method,
      headers: {
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: answer.status, json, headers: answer.headers };
  }

  return {
    business,
    simulator,
    account,
    graph,
    sendText: (text, more = {}) =>
      graph(`${account.phone_number_id}/messages`, {
        method: 'POST',
        body: { messaging_product: 'whatsapp', to: MARA, type: 'text', text: { body: text }, ...more },
      }),
    statuses: () => business.values().flatMap((value) => value.statuses?.map((one) => one.status) ?? []),
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await business.close();
    },
  };
}

/** The wamid in the answer to a send. */
export function wamidOf(answer: GraphAnswer): string {
  const messages = answer.json['messages'] as { id: string }[] | undefined;
  return messages?.[0]?.id ?? '';
}

/** Code and the rest of a Graph error. */
export function errorOf(answer: GraphAnswer): Record<string, unknown> {
  return (answer.json['error'] ?? {}) as Record<string, unknown>;
}
